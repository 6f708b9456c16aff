-- Line breaking: hyphenation, and words that are kept together at the ends of paragraphs.

-- Names of hyph-utf8's files that differ from the language's code
local PATTERNS = { de = "de-1996", el = "el-monoton", mn = "mn-cyrl", no = "nb", sr = "sr-cyrl" }
-- Languages that are not hyphenated
local WHOLE = {}
for language in ("ar fa he iw ja km ko lo my th ur vi yi zh"):gmatch("%a+") do WHOLE[language] = true end

-- Load hyph-utf8's patterns of a language into one of TeX's languages. Return 0; 1 for English, which TeX has already;
-- 2 for a language that is not hyphenated; 3 if its patterns are not installed.
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

-- Keep the last words of a paragraph together, so that no single word is its last line. In justified text, where this
-- could stretch lines, only prefer it.
local DISC, GLUE = node.id("disc"), node.id("glue")
local SPACE, XSPACE, PARFILL = 13, 14, 15
local LAST = 0.1 -- of the line's width, at least, and two words
luatexbase.add_to_callback("pre_linebreak_filter", function(head)
  local penalty = tex.rightskip.stretch > 0 and 10000 or 5000
  local room, words = LAST * tex.hsize, 1
  local n = node.slide(head)
  while n and (room > 0 or words < 2) do
    if n.id == DISC then
      n.penalty = penalty
    elseif n.id == GLUE and (n.subtype == SPACE or n.subtype == XSPACE or n.prev and node.has_attribute(n.prev, cv.solid)) then
      local bond = node.new("penalty")
      bond.penalty, words = penalty, words + 1
      head = node.insert_before(head, n, bond)
    end
    room = room - (n.id == GLUE and n.subtype == PARFILL and 0 or n.width or 0)
    n = n.prev
  end
  return head
end, "cvtools")
