-- Rules of scripts: lines of Chinese and Japanese break between characters, and some scripts are written from right to
-- left.

local GLYPH, GLUE, PENALTY, DISC = node.id("glyph"), node.id("glue"), node.id("penalty"), node.id("disc")

-- Return whether lines break on both sides of a character: Han, kana, and their punctuation. Korean breaks at spaces.
local function is_ideographic(code)
  return code >= 0x2E80 and code <= 0x9FFF or code >= 0xF900 and code <= 0xFAFF or code >= 0xFE30 and code <= 0xFE4F
    or code >= 0xFF00 and code <= 0xFF60 or code >= 0xFFE0 and code <= 0xFFE6 or code >= 0x20000 and code <= 0x3FFFF
end

-- Characters that begin no line, and those that end none (JIS X 4051, 6.1; GB/T 15834)
local CLOSING, OPENING = {}, {}
for _, code in utf8.codes("!%),.:;?]}¢°’”…‥·、。々〉》」』】〕〗〙〟ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶーヽヾゝゞ・！％），．：；？］｝～–—") do
  CLOSING[code] = true
end
for _, code in utf8.codes("([{$£¥‘“#〈《「『【〔〖〘〝＃＄（［｛￥") do
  OPENING[code] = true
end

-- Let lines break between characters of which one is ideographic (a penalty of 0), and stretch there a little.
luatexbase.add_to_callback("pre_linebreak_filter", function(head)
  local last
  for n, id in node.traverse(head) do
    if id == GLYPH then
      if last and (is_ideographic(last.char) or is_ideographic(n.char))
        and not CLOSING[n.char] and not OPENING[last.char] then
        local glue = node.new(GLUE)
        glue.stretch = font.getfont(n.font).size // 20
        head = node.insert_after(head, last, glue)
        head = node.insert_after(head, last, node.new(PENALTY))
      end
      last = n
    elseif id == GLUE or id == PENALTY or id == DISC then
      last = nil
    end
  end
  return head
end, "cvtools.scripts")

-- Return the comma of a language, with a space unless the comma is as wide as an ideograph; the Latin comma if there are
-- no fonts to fall back to.
local COMMAS = { ja = "、", zh = "，" }
for language in ("ar ckb fa ps sd ug ur"):gmatch("%a+") do COMMAS[language] = "،\\space{}" end
function cv.comma(language)
  return next(cv.fallbacks) and COMMAS[language:lower():match("%a+")] or ",\\space{}"
end

-- Return whether a language tells the letter i from one without a dot.
function cv.has_dotless_i(language)
  return ({ az = true, tr = true })[language:lower():match("%a+")]
end

--- From right to left

-- Languages that are written from right to left, unless the tag says otherwise
local RIGHT_TO_LEFT = {}
for language in ("ar arc ckb dv fa he iw ps sd syr ug ur yi"):gmatch("%a+") do RIGHT_TO_LEFT[language] = true end

-- Return the direction of a language, as LuaTeX counts: 0 for left to right, 1 for right to left.
function cv.direction(language)
  return RIGHT_TO_LEFT[language:lower():match("%a+")] and not language:find("-Latn") and 1 or 0
end

-- Return the type of a character in the Unicode Bidirectional Algorithm (UAX 9, table 4), from babel's data.
local characters, ranges
local TYPES = { l = "L", r = "R", al = "AL", en = "EN", es = "ES", et = "ET", an = "AN", cs = "CS", nsm = "NSM" }
local function type_of(code)
  if code == 0xB7 then
    return "S" -- Between fields, which do not mix
  elseif characters[code] then
    return TYPES[characters[code].d] or "ON"
  end
  for _, range in ipairs(ranges) do
    if code >= range[1] and code <= range[2] then
      return TYPES[range[3]] or "ON"
    end
  end
  return "L"
end

-- Resolve the types of characters by the rules for numbers (W1 to W7). Of the types with a direction, this leaves L, R, and
-- EN and AN, which are numbers within text from right to left.
local function resolve_numbers(types, base)
  local strong, before = nil, "ON"
  for index, kind in ipairs(types) do
    if kind == "NSM" then
      types[index] = before
    elseif kind == "EN" and strong == "AL" then
      types[index] = "AN"
    elseif kind == "R" or kind == "L" or kind == "AL" then
      strong = kind
    end
    before = types[index]
  end
  for index, kind in ipairs(types) do
    local last, next = types[index - 1], types[index + 1]
    if last == next and (kind == "ES" and next == "EN" or kind == "CS" and (next == "EN" or next == "AN")) then
      types[index] = next
    elseif kind == "AL" then
      types[index] = "R"
    end
  end
  local function join(first, last, step)
    for index = first, last, step do
      if types[index] == "ET" and types[index - step] == "EN" then types[index] = "EN" end
    end
  end
  join(2, #types, 1)
  join(#types - 1, 1, -1)
  strong = base == 0 and "L" or "R"
  for index, kind in ipairs(types) do
    if kind == "L" or kind == "R" then
      strong = kind
    elseif kind == "EN" and strong == "L" then
      types[index] = "L"
    end
  end
end

local function direction_of(kind)
  return kind == "L" and 0 or (kind == "R" or kind == "EN" or kind == "AN") and 1 or nil
end

-- Give both brackets of a pair one direction: that of the whole text, unless all within and before is of the other (N0).
local CLOSES = { [40] = 41, [91] = 93, [123] = 125 }
local function resolve_brackets(items, types, base)
  -- Brackets that are open, the number of each kind among them, and the number of characters of each direction so far
  local open, waiting, seen = {}, {}, { [0] = 0, 0 }
  local last
  for index, item in ipairs(items) do
    local code = types[index] == "ON" and item.id == GLYPH and item.char
    if CLOSES[code] then
      local closing = CLOSES[code]
      open[#open + 1] = { closing = closing, first = index, before = last, seen = { [0] = seen[0], seen[1] } }
      waiting[closing] = (waiting[closing] or 0) + 1
    elseif (waiting[code] or 0) > 0 then
      local pair
      repeat
        pair = table.remove(open)
        waiting[pair.closing] = waiting[pair.closing] - 1
      until pair.closing == code
      local has = { [0] = seen[0] > pair.seen[0], seen[1] > pair.seen[1] }
      if has[0] or has[1] then
        local direction = not has[base] and pair.before == 1 - base and 1 - base or base
        types[pair.first] = direction == 0 and "L" or "R"
        types[index] = types[pair.first]
      end
    end
    local direction = direction_of(types[index])
    if direction then
      seen[direction], last = seen[direction] + 1, direction
    end
  end
end

-- Return the level of each character: odd from right to left, even from left to right (N1, N2, I1, I2).
local function levels_of(types, base)
  local levels, around, first = {}, base, 1
  for index = 1, #types + 1 do
    local kind = types[index]
    local next = direction_of(kind) or (kind == "S" or not kind) and base
    if next then
      -- Neutral characters have the direction of those around them if it is one, else that of the whole text.
      for neutral = first, index - 1 do
        levels[neutral] = around == next and next ~= base and base + 1 or base
      end
      levels[index] = (kind == "S" or not kind) and base or kind == "R" and 1 or kind == "L" and base == 0 and 0 or 2
      around, first = next, index + 1
    end
  end
  return levels
end

local HLIST, VLIST, RULE, MATH, DIR = node.id("hlist"), node.id("vlist"), node.id("rule"), node.id("math"), node.id("dir")
local PARAGRAPH = node.id("local_par")
local SPACE, XSPACE, LEADERS = 13, 14, 100

local directed = luatexbase.new_attribute("cvtools.directed")

-- Tell TeX the direction of each run of characters in a list of nodes.
local function direct(head, _, base)
  if head.id == PARAGRAPH then
    base = head.dir == "TRT" and 1 or 0
  end
  local items, types, in_math, is_mixed = {}, {}, false, base == 1
  for n, id, subtype in node.traverse(head) do
    local kind
    if id == GLYPH then
      kind = in_math and "L" or type_of(n.char)
      is_mixed = is_mixed or kind == "R" or kind == "AL"
    elseif id == MATH then
      in_math = subtype == 0
    elseif id == GLUE and subtype >= LEADERS then
      kind = "S" -- The dot between fields
    elseif id == HLIST or id == VLIST or id == RULE or id == GLUE and (subtype == SPACE or subtype == XSPACE) then
      kind = in_math and "L" or "ON"
    elseif id == DIR and node.has_attribute(n, directed) then
      return head -- The list was in a box, and has its directions
    end
    if kind then
      items[#items + 1], types[#types + 1] = n, kind
    end
  end
  if not is_mixed then
    return head
  end
  resolve_numbers(types, base)
  resolve_brackets(items, types, base)
  local levels, level = levels_of(types, base), base
  local function turn(sign)
    local dir = node.new(DIR)
    node.set_attribute(dir, directed, 1)
    dir.dir = sign .. (level % 2 == 1 and "TRT" or "TLT")
    return dir
  end
  for index = 1, #items + 1 do
    local n, before, new = items[index], items[index - 1], levels[index] or base
    while level > new do
      head, before = node.insert_after(head, before, turn("-"))
      level = level - 1
    end
    while level < new do
      level = level + 1
      head = node.insert_before(head, n, turn("+"))
    end
    local mirrored = n and n.id == GLYPH and characters[n.char] and characters[n.char].m
    if mirrored and new % 2 == 1 and not font.getfont(n.font).hb then
      n.char = mirrored
    end
  end
  return head
end

-- Set text in both directions, for documents that have words in a language that is written from right to left.
function cv.bidirectional()
  Babel = Babel or {}
  dofile(kpse.find_file("babel-data-bidi.lua", "lua") or kpse.find_file("babel-data-bidi.lua"))
  characters, ranges = Babel.characters, Babel.ranges
  luatexbase.add_to_callback("pre_shaping_filter", direct, "cvtools")
  cv.bidirectional = function() end
end
