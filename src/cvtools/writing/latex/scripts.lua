-- Scripts with rules of their own: Chinese and Japanese, whose lines break between characters.

local GLYPH, GLUE, PENALTY, DISC = node.id("glyph"), node.id("glue"), node.id("penalty"), node.id("disc")

-- Return whether lines break on both sides of a character: Han, kana, and their punctuation. Korean breaks at spaces.
function cv.is_ideographic(code)
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
      if last and (cv.is_ideographic(last.char) or cv.is_ideographic(n.char))
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
