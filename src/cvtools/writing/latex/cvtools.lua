-- What a PDF is beside its look: structure (PDF 32000-1, 14.7 and 14.8), links, outline, metadata.
--
-- The class says where a structure element begins and ends. Everything typeset in between carries an attribute
-- that names its piece of content; when a page is shipped out, each run of nodes with the same attribute becomes
-- one marked-content sequence. What has no attribute is an artifact. Once the last page is out, the elements
-- are written. No package does this as fast, nor the same on every TeX Live.
local cv = {}

-- Take from Lua what no document needs, so that code which gets into one can do nothing with it; TeX's sandbox is the
-- next guard. The fonts are loaded by now: for those to come, luaotfload writes nothing.
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

local attribute = luatexbase.new_attribute("cvtools")
local set = tex.setattribute
local ARTIFACT = 0

--- Strings

-- Text from the class's arguments: what the builder escapes for TeX is undone.
local escaped = { textbackslash = "\\", textasciicircum = "^", textasciitilde = "~", allowbreak = "" }
local function plain(text)
  text = text:gsub("\\cvpictured ?{(.-)}{.-}", "%1"):gsub("\\(%a+) ?{}", escaped):gsub("~", "\u{A0}"):gsub("\\,", "\u{202F}")
  return (text:gsub("\\mbox ?{%-}", "\u{2011}"):gsub("\\%-", ""):gsub("\\(.)", "%1"))
end

-- A text string (7.9.2.2): UTF-16 in hexadecimal.
local function utf16(text)
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

-- A byte string (7.3.4.2)
local function literal(text)
  return "(" .. text:gsub("[\\()]", "\\%0") .. ")"
end

-- What the glyphs of TeX's font for large symbols (cmex10) mean, by the names that it gives them: glyphtounicode.tex
-- does not have them.
local LARGE = {
  parenleft = "0028", parenright = "0029", bracketleft = "005B", bracketright = "005D", braceleft = "007B",
  braceright = "007D", angbracketleft = "27E8", angbracketright = "27E9", floorleft = "230A", floorright = "230B",
  ceilingleft = "2308", ceilingright = "2309", slash = "002F", backslash = "005C", radical = "221A",
  integral = "222B", contintegral = "222E", summation = "2211", product = "220F", coproduct = "2210",
  union = "22C3", intersection = "22C2", unionsq = "2A06", unionmulti = "2A04", logicaland = "22C0",
  logicalor = "22C1", circledot = "2A00", circleplus = "2A01", circlemultiply = "2A02", brace = "007B",
  arrow = "2191", arrowdbl = "21D1", vextend = "007C", hat = "02C6", tilde = "02DC", bracehtip = "23DE",
}
local SIZES = {
  "", "big", "Big", "bigg", "Bigg", "text", "display", "tp", "mid", "bt", "ex", "vertex", "vertexdbl", "single", "double",
  "wide", "wider", "widest", "downleft", "downright", "upleft", "upright",
}
function cv.large_symbols()
  for name, code in pairs(LARGE) do
    for _, size in ipairs(SIZES) do
      tex.sprint(("\\pdfglyphtounicode{%s%s}{%s}"):format(name, size, code))
    end
  end
end

-- Wait for a line, which says that the document is there.
function cv.await()
  if not io.read() then exit(1) end
end

--- Structure elements

local root = { tag = "Document", kids = {} }
local current = root
local elements = { root }
local chunks = {} -- pieces of content, by attribute: { element =, marks = { { page =, id = }, ... } }

-- What is typeset from now on is the current element's own content.
local function resume()
  if current == root then
    set("global", attribute, ARTIFACT)
    return
  end
  local chunk = { element = current, marks = {} }
  chunks[#chunks + 1] = chunk
  current.kids[#current.kids + 1] = chunk
  set("global", attribute, #chunks)
end

-- Begin an element; `entries` are further entries of its dictionary.
function cv.begin(tag, entries)
  local element = { tag = tag, kids = {}, parent = current, entries = entries or "" }
  current.kids[#current.kids + 1] = element
  elements[#elements + 1] = element
  current = element
  resume()
end

function cv.finish()
  current = current.parent
  resume()
end

-- An element with a description of what it shows: a picture, a formula
function cv.described(tag, text)
  cv.begin(tag, "/Alt " .. utf16(plain(text)))
end

-- Glyphs that say nothing by themselves, such as an emoji's
function cv.pictured(text)
  cv.begin("Span")
  current.says = utf16(text)
end

local notes = 0
function cv.note()
  notes = notes + 1
  cv.begin("Note", ("/ID (note%d)"):format(notes))
  current.note = notes
end

function cv.language(tag, language)
  cv.begin(tag, "/Lang " .. literal(language))
end

-- Files of hyph-utf8 that are not called as their language is
local PATTERNS = { de = "de-1996", el = "el-monoton", mn = "mn-cyrl", no = "nb", sr = "sr-cyrl" }
-- Languages that are not hyphenated
local WHOLE = {}
for language in ("ar fa he iw ja km ko lo my th ur vi yi zh"):gmatch("%a+") do WHOLE[language] = true end

-- Read a language's patterns, those of hyph-utf8, into one of TeX's languages; returns 0; 1 for English, which
-- TeX has already; 2 for a language that is not hyphenated; 3 where they are not installed.
function cv.hyphenation(language, number)
  local full = language:lower()
  local main = full:match("%a+")
  if main == "en" then
    return 1
  end
  for _, name in ipairs { full, PATTERNS[main] or main } do
    local path = kpse.find_file(("hyph-%s.pat.txt"):format(name), "tex")
    local file = path and io.open(path)
    if file then
      lang.patterns(lang.new(number), (file:read("a"):gsub("%s+", " ")))
      file:close()
      return 0
    end
  end
  return WHOLE[main] and 2 or 3
end

function cv.artifact()
  set(attribute, ARTIFACT)
end

-- Go without tags. Nothing else changes, least of all where lines and pages end.
function cv.untag()
  cv.untagged = true
  luatexbase.remove_from_callback("pre_shipout_filter", "cvtools")
  for _, name in ipairs { "begin", "finish", "described", "note", "language", "artifact" } do
    cv[name] = function() end
  end
end

--- Marking, when a page is shipped out

local pages = {} -- by number: { content = { element, ... } by marked-content identifier }
local links = {} -- { object =, element = } by structural parent, which follow the pages'

local GLYPH, RULE, GLUE = node.id("glyph"), node.id("rule"), node.id("glue")
local DISC = node.id("disc")
local HLIST, VLIST, WHATSIT = node.id("hlist"), node.id("vlist"), node.id("whatsit")
local LITERAL = node.subtype("pdf_literal")
local SPACE, XSPACE, PARFILL, LEADERS, LINE = 13, 14, 15, 100, 1
local HYPHEN = 45

-- The last words of a paragraph stay together, so that no single one is its last line. Where that would pull lines
-- apart, as in justified text, it is only preferred.
local LAST = 0.1 -- of the line, at least, and two words
luatexbase.add_to_callback("pre_linebreak_filter", function(head)
  local penalty = tex.rightskip.stretch > 0 and 10000 or 5000
  local room, words = LAST * tex.hsize, 1
  local n = node.slide(head)
  while n and (room > 0 or words < 2) do
    if n.id == DISC then
      n.penalty = penalty
    elseif n.id == GLUE and (n.subtype == SPACE or n.subtype == XSPACE) then
      local bond = node.new("penalty")
      bond.penalty, words = penalty, words + 1
      head = node.insert_before(head, n, bond)
    end
    room = room - (n.id == GLUE and n.subtype == PARFILL and 0 or n.width or 0)
    n = n.prev
  end
  return head
end, "cvtools")

local function operator(text)
  local whatsit = node.new(WHATSIT, LITERAL)
  whatsit.mode, whatsit.data = 1, text
  return whatsit
end

local function open(page, value)
  if value == ARTIFACT then
    return "/Artifact BMC"
  end
  local chunk = chunks[value]
  local id = #page.content
  page.content[id + 1] = chunk.element
  chunk.marks[#chunk.marks + 1] = { page = page, id = id }
  local says = #chunk.marks == 1 and chunk.element.says
  return ("/%s <</MCID %d%s>> BDC"):format(chunk.element.tag, id, says and " /ActualText " .. says or "")
end

-- A space that machines read and that takes no room. TeX's own fonts for formulas have a letter in its place.
local spaced
local function insert_space(head, before, like)
  if font.getfont(like.font).encodingbytes == 2 then
    spaced = like.font
  elseif not spaced then
    return head
  end
  local space = node.new(GLYPH)
  space.font, space.char = spaced, 32
  local back = node.new("kern")
  back.kern = -space.width
  if before then
    head = node.insert_before(head, before, space)
    return node.insert_before(head, before, back)
  end
  node.insert_after(head, node.tail(head), space)
  node.insert_after(head, space, back)
  return head
end

-- Whether a glyph at the end of a line is followed by more of an address, as \\cvbreak lets it be.
local function is_part(glyph)
  local chunk = chunks[node.has_attribute(glyph, attribute) or ARTIFACT]
  return chunk and chunk.element.tag == "Link" and ("/?&=#"):find(utf8.char(glyph.char), 1, true)
end

-- Mark what is drawn in a list, and give machines a space between words, also where a line ends between them
-- rather than within one; returns the list and what is open.
local function mark(page, head, opened, is_line)
  local last
  local function enter(n)
    local value = node.has_attribute(n, attribute) or ARTIFACT
    if value ~= opened then
      local text = (opened and "EMC " or "") .. open(page, value)
      head = node.insert_before(head, n, operator(text))
      opened = value
      if chunks[value] and chunks[value].element.says and spaced then
        -- What is said in place of text is read only where there is text.
        head = insert_space(head, n, { font = spaced })
      end
    end
  end
  for n in node.traverse(head) do
    local id = n.id
    if id == HLIST or id == VLIST then
      n.head, opened = mark(page, n.head, opened, id == HLIST and n.subtype == LINE)
      last = nil
    elseif id == GLYPH or (id == RULE and n.width ~= 0) or (id == GLUE and n.subtype >= LEADERS) then
      enter(n)
      last = id == GLYPH and n or nil
    elseif id == GLUE and last and (n.subtype == SPACE or n.subtype == XSPACE) then
      enter(n)
      head = insert_space(head, n, last)
      last = nil
    elseif id == GLUE and n.subtype == PARFILL then
      is_line = false -- nothing follows the last line
    end
  end
  if is_line and last and last.char ~= HYPHEN and not is_part(last) then
    head = insert_space(head, nil, last)
  end
  return head, opened
end

luatexbase.add_to_callback("pre_shipout_filter", function(box)
  local page = { content = {}, number = #pages }
  pages[#pages + 1] = page
  pdf.setpageattributes(("/StructParents %d /Tabs /S"):format(page.number))
  local opened
  box.head, opened = mark(page, box.head, nil)
  if opened then
    node.insert_after(box.head, node.tail(box.head), operator("EMC"))
  end
  return box
end, "cvtools")

--- Links and places

-- An annotation's attributes. Structural parents are numbered from the top, since pages are not all known yet.
local LINKS = 100000
function cv.link(text)
  links[#links + 1] = { element = current }
  local parent = cv.untagged and "" or ("/StructParent %d"):format(LINKS + #links - 1)
  return ("/Border [0 0 0] /F 4 %s /Contents %s"):format(parent, utf16(plain(text)))
end

function cv.linked(object)
  links[#links].object = object
end

function cv.action(url)
  return ("/Subtype /Link /A <</S /URI /URI %s>>"):format(literal(plain(url)))
end

local outline = {}
function cv.outline(level, text, place)
  outline[#outline + 1] = { level = level, text = plain(text), place = place, kids = {} }
end

--- Writing it all

local function reference(object)
  return ("%d 0 R"):format(object)
end

local function write(object, dictionary)
  pdf.immediateobj(object, "<<" .. dictionary .. ">>")
end

local function kid(element, child)
  if child.tag then
    return reference(child.object)
  end
  local written = {}
  for _, place in ipairs(child.marks) do
    local object = pdf.getpageref(place.page.number + 1)
    element.page = element.page or object
    if object == element.page then
      written[#written + 1] = tostring(place.id)
    else
      written[#written + 1] = ("<</Type /MCR /Pg %s /MCID %d>>"):format(reference(object), place.id)
    end
  end
  return table.concat(written, " ")
end

-- Where an element begins; its content may be all in the elements below it.
local function page_of(element)
  for _, child in ipairs(element.kids) do
    local mark = child.marks and child.marks[1]
    local page = mark and pdf.getpageref(mark.page.number + 1) or child.tag and page_of(child)
    if page then
      return page
    end
  end
end

local function write_element(element, parent)
  local kids = {}
  for _, child in ipairs(element.kids) do
    kids[#kids + 1] = kid(element, child)
  end
  local place = element.links and page_of(element)
  for _, link in ipairs(element.links or {}) do
    kids[#kids + 1] = ("<</Type /OBJR /Obj %s %s>>"):format(reference(link.object), place and "/Pg " .. reference(place) or "")
  end
  local page = element.page and "/Pg " .. reference(element.page) or ""
  write(element.object, ("/Type /StructElem /S /%s /P %s %s /K [%s] %s"):format(
    element.tag, reference(parent), page, table.concat(kids, " "), element.entries or ""))
end

local function write_structure()
  if cv.untagged then
    return ""
  end
  local tree = pdf.reserveobj()
  for _, element in ipairs(elements) do
    element.object = pdf.reserveobj()
  end
  local parents = {}
  for _, page in ipairs(pages) do
    local content = {}
    for _, element in ipairs(page.content) do
      content[#content + 1] = reference(element.object)
    end
    parents[#parents + 1] = ("%d [%s]"):format(page.number, table.concat(content, " "))
  end
  for index, link in ipairs(links) do
    link.element.links = link.element.links or {}
    table.insert(link.element.links, link)
    parents[#parents + 1] = ("%d %s"):format(LINKS + index - 1, reference(link.element.object))
  end
  local ids = {}
  for _, element in ipairs(elements) do
    write_element(element, element.parent and element.parent.object or tree)
    if element.note then
      ids[#ids + 1] = ("(note%d) %s"):format(element.note, reference(element.object))
    end
  end
  table.sort(ids)
  local names = #ids > 0 and ("/IDTree <</Names [%s]>>"):format(table.concat(ids, " ")) or ""
  write(tree, ("/Type /StructTreeRoot /K %s /ParentTree <</Nums [%s]>> /ParentTreeNextKey %d %s"):format(
    reference(root.object), table.concat(parents, " "), LINKS + #links, names))
  return "/MarkInfo <</Marked true>> /StructTreeRoot " .. reference(tree)
end

-- Items of the outline (12.3.3), nested by their levels
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
  local function around(item)
    local kids = item.kids
    for index, child in ipairs(kids) do
      local entries = ("/Title %s /Parent %s /Dest %s"):format(
        utf16(child.text), reference(item.object), literal(child.place))
      if index > 1 then entries = entries .. " /Prev " .. reference(kids[index - 1].object) end
      if index < #kids then entries = entries .. " /Next " .. reference(kids[index + 1].object) end
      write(child.object, entries .. around(child))
    end
    if #kids == 0 then
      return ""
    end
    -- The top's items are open, the sections in them closed; the count is of what is seen or would be.
    local function shown(parent)
      local count = #parent.kids
      for _, child in ipairs(parent.kids) do
        count = count + (child.level < 2 and shown(child) or 0)
      end
      return count
    end
    local count = item.level < 2 and shown(item) or -shown(item)
    return (" /First %s /Last %s /Count %d"):format(reference(kids[1].object), reference(kids[#kids].object), count)
  end
  write(top.object, "/Type /Outlines" .. around(top))
  return "/PageMode /UseNone /Outlines " .. reference(top.object)
end

local XMP = [[
<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
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
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>]]

local function xml(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

-- When the source is from
local function date(form)
  return os.date(form, tonumber(os.getenv("SOURCE_DATE_EPOCH") or os.time()))
end

local function write_metadata(about)
  local xmp_date, info_date = date("!%Y-%m-%dT%H:%M:%SZ"), date("!D:%Y%m%d%H%M%SZ")
  local words = {}
  for word in about.keywords:gmatch("%s*([^,]+)") do
    words[#words + 1] = "<rdf:li>" .. xml(word) .. "</rdf:li>"
  end
  local object = pdf.immediateobj("stream", XMP:format("\u{FEFF}", xml(about.title), xml(about.name), xml(about.subject),
    xml(about.language), table.concat(words), xml(about.keywords), xmp_date, xmp_date), "/Type /Metadata /Subtype /XML")
  local digest = md5.sumhexa(about.title .. about.name .. info_date):upper()
  pdf.settrailerid(("[<%s> <%s>]"):format(digest, digest))
  pdf.setsuppressoptionalinfo(1 + 2 + 4 + 16)
  pdf.setinfo(("/Title %s /Author %s /Subject %s /Keywords %s /Creator (cvtools) /CreationDate (%s) /ModDate (%s)"):format(
    utf16(about.title), utf16(about.name), utf16(about.subject), utf16(about.keywords), info_date, info_date))
  return ("/Metadata %s /Lang %s /ViewerPreferences <</DisplayDocTitle true>>"):format(
    reference(object), literal(about.language))
end

-- The file that a PDF is made from, as an associated file (PDF 2.0, 14.13; PDF/A-3)
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

-- Write what the pages have left; `about` holds name, title, subject, keywords, language and, if there is one, the
-- attachment's file name.
function cv.close(about)
  for name, text in pairs(about) do
    about[name] = plain(text)
  end
  pdf.setcatalog(table.concat({ write_structure(), write_outline(), write_metadata(about), write_attachment(about.attachment) }, " "))
end

pdf.setmajorversion(1)
pdf.setminorversion(7)
-- What a subset holds, if said at all, must be said exactly, which neither TrueType fonts are nor some of TeX's own.
pdf.setomitcidset(1)
pdf.setomitcharset(1)

return cv
