-- Tagged PDF: structure (PDF 32000-1, 14.7 and 14.8), links, spaces, the text of glyphs.
--
-- The class calls cv.begin and cv.finish where a structure element begins and ends. All nodes typeset in between carry
-- an attribute, the number of their chunk of content; when a page is shipped out, each run of nodes with the same
-- attribute becomes one marked-content sequence. Nodes without the attribute are artifacts. Once the last page is out,
-- the elements are written. No package is as fast, and does the same on every TeX Live.
local plain, utf16, literal, reference, write = cv.plain, cv.utf16, cv.literal, cv.reference, cv.write

local attribute = luatexbase.new_attribute("cvtools")
local set = tex.setattribute
local ARTIFACT = 0

--- Structure elements

local root = { tag = "Document", kids = {} }
local current = root
local elements = { root }
local chunks = {} -- by attribute: { element =, marks = { { page =, id = }, ... } }

-- Start a chunk: all nodes typeset from now on are the current element's own content.
local function start_chunk()
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
  start_chunk()
end

function cv.finish()
  current = current.from or current.parent
  start_chunk()
end

-- Begin an element that refers to the element at a destination.
function cv.refer(tag, name)
  cv.begin(tag)
  current.refers = name
end

-- Begin an element with alternate text: a picture, a formula.
function cv.described(tag, text)
  cv.begin(tag, "/Alt " .. utf16(plain(text)))
end

-- Begin a span whose glyphs are pictures, such as emoji; programs extract `text` instead of them.
function cv.pictured(text)
  cv.begin("Span")
  current.actual_text = utf16(text)
end

-- Begin a footnote, whose element must not be within that of a table.
local notes = 0
function cv.note()
  notes = notes + 1
  local from, around = current, current
  while around do
    current = around.tag == "Table" and around.parent or current
    around = around.parent
  end
  cv.begin("Note", ("/ID (note%d)"):format(notes))
  current.note, current.from = notes, from
end

function cv.language(tag, language)
  cv.begin(tag, "/Lang " .. literal(language))
end

function cv.artifact()
  set(attribute, ARTIFACT)
end

-- Write no tags; lines and pages break at the same places as with tags.
function cv.untag()
  cv.untagged = true
  luatexbase.remove_from_callback("pre_shipout_filter", "cvtools")
  for _, name in ipairs { "begin", "finish", "described", "note", "language", "artifact", "refer" } do
    cv[name] = function() end
  end
end

--- Marking, when a page is shipped out

local pages = {} -- by number: { content = { element, ... } by marked-content identifier }
local links = {} -- { object =, element = } by structural parent, which follow the pages'

local GLYPH, RULE, GLUE = node.id("glyph"), node.id("rule"), node.id("glue")
local HLIST, VLIST, WHATSIT, PENALTY = node.id("hlist"), node.id("vlist"), node.id("whatsit"), node.id("penalty")
local LITERAL = node.subtype("pdf_literal")
local LINK, LINK_END = node.subtype("pdf_start_link"), node.subtype("pdf_end_link")
local SPACE, XSPACE, PARFILL, LEADERS, LINE = 13, 14, 15, 100, 1
local HYPHEN = 45

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
  local actual_text = #chunk.marks == 1 and chunk.element.actual_text
  return ("/%s <</MCID %d%s>> BDC"):format(chunk.element.tag, id, actual_text and " /ActualText " .. actual_text or "")
end

-- Insert a space for programs that extract text, and a kern that takes its width back. TeX's own fonts for formulas have
-- another glyph at the code of the space, so the last other font is used.
local space_font
local function insert_space(head, before, like)
  if font.getfont(like.font).encodingbytes == 2 then
    space_font = like.font
  elseif not space_font then
    return head
  end
  local space = node.new(GLYPH)
  space.font, space.char = space_font, 32
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

-- Mark the content of a list of nodes, and insert spaces between words for programs that extract text, also where a line
-- ends between words. Return the list and the attribute of the marked-content sequence that is still open.
local function mark(page, head, opened, is_line)
  local last, letter, within_word
  local function enter(n)
    local value = node.has_attribute(n, attribute) or ARTIFACT
    if value ~= opened then
      local text = (opened and "EMC " or "") .. open(page, value)
      head = node.insert_before(head, n, operator(text))
      opened = value
      if chunks[value] and chunks[value].element.actual_text and space_font then
        -- Replacement text is read only where there is text to replace.
        head = insert_space(head, n, { font = space_font })
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
      letter = id == GLYPH and n or letter
      -- A dot between words is set by leaders.
      last, within_word = (id == GLYPH or id == GLUE) and letter, false
    elseif id == PENALTY then
      within_word = cv.within_word[n.penalty]
    elseif id == GLUE and last and (n.subtype == SPACE or n.subtype == XSPACE) then
      enter(n)
      head = insert_space(head, n, last)
      last = nil
    elseif id == GLUE and n.subtype == PARFILL then
      is_line = false -- nothing follows the last line
    end
  end
  if is_line and last and last.char ~= HYPHEN and not within_word then
    head = insert_space(head, nil, last)
  end
  return head, opened
end

-- Return a list that is part of an artifact, with spaces for programs that extract text.
function cv.mark_artifact(list)
  return cv.untagged and list or (mark(nil, list, ARTIFACT))
end

luatexbase.add_to_callback("pre_shipout_filter", function(box)
  local page = { content = {}, number = #pages }
  pages[#pages + 1] = page
  local opened
  box.head, opened = mark(page, box.head, nil)
  if opened then
    node.insert_after(box.head, node.tail(box.head), operator("EMC"))
  end
  return box
end, "cvtools")

--- Links

-- Return the attributes of a link's annotation. Its structural parent has a high number: low ones are the pages', which
-- are not all known yet.
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

--- Destinations. PDF 2.0 names their structure elements, too (12.3.2.3).

local targets = {} -- structure elements, by the names of destinations
local destinations = {} -- names of destinations to which something leads, and the numbers of their objects by name
function cv.target(name)
  targets[name] = targets[name] or current
end

-- Return the entry for the action that goes to a destination.
function cv.go_to(name)
  if not cv.is_pdf2 or cv.untagged then
    return ("/A <</S /GoTo /D %s>>"):format(literal(name))
  end
  if not destinations[name] then
    destinations[name], destinations[#destinations + 1] = pdf.reserveobj(), name
  end
  return ("/A <</S /GoTo /D %s /SD %s>>"):format(literal(name), reference(destinations[name]))
end

-- Return the action of a link to a destination.
function cv.link_to(name)
  return cv.is_pdf2 and ("user{/Subtype /Link %s}"):format(cv.go_to(name)) or ("goto name{%s}"):format(name)
end

local function write_destinations()
  for _, name in ipairs(destinations) do
    pdf.immediateobj(destinations[name], ("[%s /XYZ null null null]"):format(reference((targets[name] or root).object)))
  end
end

--- Heads of tables, which are repeated on each page

local HEAD_END = 10001 -- a penalty
local heads = {} -- lists of nodes, by the number of the table

-- Keep a copy of a table's head, which ends at a penalty in the box of the table's rows.
function cv.keep_head(table, box)
  local rows = tex.box[box].head
  for n in node.traverse_id(PENALTY, rows) do
    if n.penalty == HEAD_END then
      heads[table] = node.copy_list(rows, n)
      return
    end
  end
end

-- Return whether anything of an element or a chunk is on a page.
local function is_shipped(part)
  for _, child in ipairs(part.kids or {}) do
    if is_shipped(child) then
      return true
    end
  end
  return part.marks and #part.marks > 0
end

-- Copy a structure element for a copy of its content; return it. A copied row follows the rows shipped out so far.
local function copy_element(element, copies)
  if element.tag == "Table" then
    return element
  end
  if not copies[element] then
    local parent = copy_element(element.parent, copies)
    -- The copy is no link.
    local tag = element.tag == "Link" and "Span" or element.tag
    local copy = { tag = tag, kids = {}, parent = parent, entries = element.entries, actual_text = element.actual_text }
    local position = #parent.kids + 1
    while element.tag == "TR" and position > 1 and not is_shipped(parent.kids[position - 1]) do
      position = position - 1
    end
    table.insert(parent.kids, position, copy)
    elements[#elements + 1], copies[element] = copy, copy
  end
  return copies[element]
end

-- Give copied nodes structure elements of their own; return the nodes without the starts and ends of links.
local function copy_structure(list, copies)
  for n in node.traverse(list) do
    local value = node.has_attribute(n, attribute)
    if n.id == WHATSIT and (n.subtype == LINK or n.subtype == LINK_END) then
      list = node.remove(list, n)
    elseif n.id == HLIST or n.id == VLIST then
      n.head = copy_structure(n.head, copies)
    elseif chunks[value] then
      if not copies[value] then
        local element = copy_element(chunks[value].element, copies)
        local chunk = { element = element, marks = {} }
        chunks[#chunks + 1], element.kids[#element.kids + 1] = chunk, chunk
        copies[value] = #chunks
      end
      node.set_attribute(n, attribute, copies[value])
    end
  end
  return list
end

-- Write the head of a table once more.
function cv.repeat_head(table)
  if heads[table] then
    node.write(copy_structure(node.copy_list(heads[table]), {}))
  end
end

--- The structure tree

local function kid(element, child)
  if child.tag then
    return reference(child.object)
  end
  local written = {}
  for _, mark in ipairs(child.marks) do
    local object = pdf.getpageref(mark.page.number + 1)
    element.page = element.page or object
    if object == element.page then
      written[#written + 1] = tostring(mark.id)
    else
      written[#written + 1] = ("<</Type /MCR /Pg %s /MCID %d>>"):format(reference(object), mark.id)
    end
  end
  return table.concat(written, " ")
end

-- Return the page that an element begins on; all its content may be in the elements below it.
local function page_of(element)
  for _, child in ipairs(element.kids) do
    local mark = child.marks and child.marks[1]
    local page = mark and pdf.getpageref(mark.page.number + 1) or child.tag and page_of(child)
    if page then
      return page
    end
  end
end

local namespace -- the object of PDF 2.0's
local function write_element(element, parent)
  local kids = {}
  local tag, entries = element.tag, element.entries or ""
  if namespace and (tag == "Document" or tag == "Note") then
    -- All other types are in PDF 1.7 as well.
    tag, entries = tag:gsub("Note", "FENote"), ("%s /NS %s"):format(entries, reference(namespace))
  end
  for _, child in ipairs(element.kids) do
    kids[#kids + 1] = kid(element, child)
  end
  local link_page = element.links and page_of(element)
  for _, link in ipairs(element.links or {}) do
    kids[#kids + 1] = ("<</Type /OBJR /Obj %s %s>>"):format(reference(link.object), link_page and "/Pg " .. reference(link_page) or "")
  end
  local page = element.page and "/Pg " .. reference(element.page) or ""
  local target = cv.is_pdf2 and targets[element.refers]
  local refers = target and ("/Ref [%s]"):format(reference(target.object)) or ""
  write(element.object, ("/Type /StructElem /S /%s /P %s %s /K [%s] %s %s"):format(
    tag, reference(parent), page, table.concat(kids, " "), entries, refers))
end

-- Write the structure elements; return the entries of the PDF's catalog.
function cv.write_structure()
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
  namespace = cv.is_pdf2 and pdf.reserveobj()
  for _, element in ipairs(elements) do
    write_element(element, element.parent and element.parent.object or tree)
    if element.note then
      ids[#ids + 1] = ("(note%d) %s"):format(element.note, reference(element.object))
    end
  end
  table.sort(ids)
  local names = #ids > 0 and ("/IDTree <</Names [%s]>>"):format(table.concat(ids, " ")) or ""
  if namespace then
    write(namespace, "/Type /Namespace /NS (http://iso.org/pdf2/ssn)")
    names = names .. (" /Namespaces [%s]"):format(reference(namespace))
  end
  write_destinations()
  write(tree, ("/Type /StructTreeRoot /K %s /ParentTree <</Nums [%s]>> /ParentTreeNextKey %d %s"):format(
    reference(root.object), table.concat(parents, " "), LINKS + #links, names))
  return "/MarkInfo <</Marked true>> /StructTreeRoot " .. reference(tree)
end

--- Glyphs

-- Characters of the glyphs in TeX's font for large symbols (cmex10), by their names there: glyphtounicode.tex lacks them.
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
-- Declare the characters of large symbols, in every size.
function cv.large_symbols()
  for name, code in pairs(LARGE) do
    for _, size in ipairs(SIZES) do
      tex.sprint(("\\pdfglyphtounicode{%s%s}{%s}"):format(name, size, code))
    end
  end
end
