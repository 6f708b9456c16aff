-- Write outline, metadata and attachment, which belong to no page (PDF 32000-1, 12.3.3, 14.3, 7.11.4); limit what Lua may
-- do. The class loads this file before the others, which add to `cv`.
cv = {}

-- Remove from Lua all functions that no document needs, so that code in a document could do no harm; TeX's sandbox is the
-- second guard. The class calls it after loading its fonts; luaotfload writes no files for fonts that it loads later.
local exit = os.exit
function cv.seal()
  for library, names in pairs {
    os = "__setenv__ execute exec exit kill kpsepopen launch pipeto remove rename resultof setenv setlocale sleep spawn tmpname",
    io = "copydata output popen savedata tmpfile",
    lfs = "chdir link lock lock_dir mkdir rmdir setmode symlink touch unlock",
    package = "loadlib",
  } do
    for name in names:gmatch("%S+") do _G[library][name] = nil end
  end
  for name in ("debug dir ffi gzip mime mime.core mplib socket socket.core zip"):gmatch("%S+") do
    _G[name], package.loaded[name], package.preload[name] = nil, nil, nil
  end
  package.searchers[3], package.searchers[4] = nil, nil -- libraries in C
  local open = io.open
  function io.open(path, mode)
    if mode and not mode:match("^rb?$") then
      return nil, path .. ": files are only read"
    end
    return open(path, mode)
  end
  cv.seal = function() end
end

-- Wait for a line on stdin, which says that the document is written.
function cv.await()
  if not io.read() then exit(1) end
end

--- Pages, which are kept until the number of pages is known

local feet, pages = {}, {} -- boxes, by the number of the page
function cv.keep_foot(box)
  feet[#feet + 1] = tex.box[box]
end

-- Keep the pages in a box; return their number.
function cv.count_pages(box)
  for page in node.traverse_list(tex.box[box] and tex.box[box].head) do
    pages[#pages + 1] = page
  end
  return #pages
end

-- Put a page into a box, whose content becomes the foot of the page.
function cv.complete_page(number, box)
  local foot = feet[number].head
  foot.next = cv.mark_artifact(node.copy_list(tex.box[box]))
  pages[number].prev, pages[number].next = nil, nil
  tex.box[box] = pages[number]
  if not cv.untagged then
    pdf.setpageattributes(("/StructParents %d /Tabs /S"):format(number - 1))
  end
end

--- Strings

-- Return the text of an argument of the class: undo the escapes of markup.py.
local escaped = { textbackslash = "\\", textasciicircum = "^", textasciitilde = "~", allowbreak = "" }
function cv.plain(text)
  text = text:gsub("\\cvpictured ?{(.-)}{.-}", "%1"):gsub("\\(%a+) ?{}", escaped):gsub("~", "\u{A0}"):gsub("\\,", "\u{202F}")
  return (text:gsub("\\mbox ?{%-}", "\u{2011}"):gsub("\\%-", ""):gsub("\\(.)", "%1"))
end

-- Return a text string (7.9.2.2): UTF-16 in hexadecimal.
function cv.utf16(text)
  local units = { "FEFF" }
  for _, code in utf8.codes(text) do
    if code < 0x10000 then
      units[#units + 1] = ("%04X"):format(code)
    else
      code = code - 0x10000
      units[#units + 1] = ("%04X%04X"):format(0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))
    end
  end
  return "<" .. table.concat(units) .. ">"
end

-- Return a byte string (7.3.4.2).
function cv.literal(text)
  return "(" .. text:gsub("[\\()]", "\\%0") .. ")"
end

--- Objects

function cv.reference(object)
  return ("%d 0 R"):format(object)
end

function cv.write(object, dictionary)
  pdf.immediateobj(object, "<<" .. dictionary .. ">>")
end

local plain, utf16, literal, reference, write = cv.plain, cv.utf16, cv.literal, cv.reference, cv.write

--- The outline

local outline = {}
function cv.outline(level, text, destination)
  outline[#outline + 1] = { level = level, text = plain(text), destination = destination, kids = {} }
end

-- Write the outline's items, nested by their levels; return the entries of the PDF's catalog.
local function write_outline()
  if #outline == 0 then
    return ""
  end
  local top = { level = 0, kids = {}, object = pdf.reserveobj() }
  local parent = top
  for _, item in ipairs(outline) do
    while parent.level >= item.level do
      parent = parent.parent
    end
    item.parent, item.object = parent, pdf.reserveobj()
    table.insert(parent.kids, item)
    parent = item
  end
  -- Write the items below an item; return the entries for them in that item's dictionary.
  local function write_kids(item)
    local kids = item.kids
    for index, child in ipairs(kids) do
      local entries = ("/Title %s /Parent %s %s"):format(
        utf16(child.text), reference(item.object), cv.go_to(child.destination))
      if index > 1 then entries = entries .. " /Prev " .. reference(kids[index - 1].object) end
      if index < #kids then entries = entries .. " /Next " .. reference(kids[index + 1].object) end
      write(child.object, entries .. write_kids(child))
    end
    if #kids == 0 then
      return ""
    end
    -- Items of the first level are open, those below them closed; /Count is negative for a closed item.
    local function visible(parent)
      local count = #parent.kids
      for _, child in ipairs(parent.kids) do
        count = count + (child.level < 2 and visible(child) or 0)
      end
      return count
    end
    local count = item.level < 2 and visible(item) or -visible(item)
    return (" /First %s /Last %s /Count %d"):format(reference(kids[1].object), reference(kids[#kids].object), count)
  end
  write(top.object, "/Type /Outlines" .. write_kids(top))
  return "/PageMode /UseNone /Outlines " .. reference(top.object)
end

local XMP = [[
<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>
<dc:subject><rdf:Bag>%s</rdf:Bag></dc:subject>
<pdf:Keywords>%s</pdf:Keywords>
<pdf:Producer>LuaTeX</pdf:Producer>
<xmp:CreatorTool>cvtools</xmp:CreatorTool>
<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate>
%s
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>]]

-- The standards that the PDF conforms to, PDF/UA-1 and PDF/A-3a, and a description of the property that PDF/A lacks
local STANDARDS = [[
<pdfuaid:part>1</pdfuaid:part>
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<pdfaExtension:schemas xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA</pdfaSchema:schema><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>]]
-- PDF/UA-2, PDF/A-4 (with attachments: 4f), and WTPDF
local STANDARDS_2 = [[
<pdfuaid:part>2</pdfuaid:part><pdfuaid:rev>2024</pdfuaid:rev>
<pdfaid:part>4</pdfaid:part><pdfaid:rev>2020</pdfaid:rev>%s
<pdfd:declarations xmlns:pdfd="http://pdfa.org/declarations/"><rdf:Bag>
<rdf:li rdf:parseType="Resource"><pdfd:conformsTo>http://pdfa.org/declarations/wtpdf#accessibility1.0</pdfd:conformsTo></rdf:li>
<rdf:li rdf:parseType="Resource"><pdfd:conformsTo>http://pdfa.org/declarations/wtpdf#reuse1.0</pdfd:conformsTo></rdf:li>
</rdf:Bag></pdfd:declarations>]]

local function xml(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

-- Return the date of the source, or else the present.
local function date(form)
  return os.date(form, tonumber(os.getenv("SOURCE_DATE_EPOCH") or os.time()))
end

local function write_metadata(about)
  local xmp_date, info_date = date("!%Y-%m-%dT%H:%M:%SZ"), date("!D:%Y%m%d%H%M%SZ")
  local words = {}
  for word in about.keywords:gmatch("%s*([^,]+)") do
    words[#words + 1] = "<rdf:li>" .. xml(word) .. "</rdf:li>"
  end
  local standards = STANDARDS
  if cv.is_pdf2 then
    standards = STANDARDS_2:format(about.attachment ~= "" and "<pdfaid:conformance>F</pdfaid:conformance>" or "")
  end
  -- Not compressed, so that archives can read it.
  local object = pdf.obj {
    type = "stream", immediate = true, compresslevel = 0, attr = "/Type /Metadata /Subtype /XML",
    string = XMP:format("\u{FEFF}", xml(about.title), xml(about.name), xml(about.subject), xml(about.language),
      table.concat(words), xml(about.keywords), xmp_date, xmp_date, standards),
  }
  local digest = md5.sumhexa(about.title .. about.name .. info_date):upper()
  pdf.settrailerid(("[<%s> <%s>]"):format(digest, digest))
  local piece = ""
  if cv.is_pdf2 then
    -- LuaTeX 1.15 always writes this dictionary, which PDF/A-4 allows only with this date alone, and with /PieceInfo.
    pdf.setsuppressoptionalinfo(511 - 64)
    pdf.setinfo(("/ModDate (%s)"):format(info_date))
    piece = ("/PieceInfo <</cvtools <</LastModified (%s)>>>>"):format(info_date)
  else
    -- Leave out names and metadata of embedded PDF pictures, among others.
    pdf.setsuppressoptionalinfo(1 + 2 + 4 + 8 + 16)
    pdf.setinfo(("/Title %s /Author %s /Subject %s /Keywords %s /Creator (cvtools) /CreationDate (%s) /ModDate (%s)"):format(
      utf16(about.title), utf16(about.name), utf16(about.subject), utf16(about.keywords), info_date, info_date))
  end
  return ("/Metadata %s /Lang %s /ViewerPreferences <</DisplayDocTitle true>> %s"):format(
    reference(object), literal(about.language), piece)
end

-- Declare the colour space (PDF 32000-1, 14.11.5), as PDF/A requires.
local function write_output_intent()
  local profile = pdf.obj { type = "stream", immediate = true, attr = "/N 3", file = kpse.find_file("sRGB.icc") }
  return ("/OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /DestOutputProfile %s>>]"):format(
    reference(profile))
end

-- Embed a file as an associated file (PDF 2.0, 14.13; PDF/A-3), the source of this PDF.
local function write_attachment(name)
  if name == "" then
    return ""
  end
  local file = assert(io.open(name, "rb"))
  local data = file:read("a")
  file:close()
  local stream = pdf.immediateobj("stream", data,
    ("/Type /EmbeddedFile /Subtype /application#2Fjson /Params <</Size %d /ModDate (%s)>>"):format(#data, date("!D:%Y%m%d%H%M%SZ")))
  local file_specification = pdf.immediateobj(
    ("<</Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /Source /EF <</F %s /UF %s>>>>"):format(
      literal(name), utf16(name), utf16("This document as JSON Resume"), reference(stream), reference(stream)))
  pdf.setnames(("/EmbeddedFiles <</Names [%s %s]>>"):format(literal(name), reference(file_specification)))
  return ("/AF [%s]"):format(reference(file_specification))
end

-- Write what belongs to no page, after the last page. `about` has name, title, subject, keywords and language of the
-- document, and the name of the attachment, which is empty if there is none.
function cv.close(about)
  for name, text in pairs(about) do
    about[name] = plain(text)
  end
  pdf.setcatalog(table.concat({
    write_outline(), cv.write_structure(), write_metadata(about), write_output_intent(), write_attachment(about.attachment),
  }, " "))
end

-- Write PDF 2.0 rather than PDF 1.7.
function cv.pdf2()
  cv.is_pdf2 = true
  pdf.setmajorversion(2)
  pdf.setminorversion(0)
end

pdf.setmajorversion(1)
pdf.setminorversion(7)
-- Omit font subsets' lists of glyphs, which are optional, and wrong for TrueType fonts and some of TeX's own.
pdf.setomitcidset(1)
pdf.setomitcharset(1)
