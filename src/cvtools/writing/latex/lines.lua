-- Line breaking: keep the last words of paragraphs together, and break words that are wider than a line.

-- Penalties for breaks within a word, where tags.lua adds no space for programs that extract text: 5000 at \cvbreak; in
-- words wider than a line, after a sign and between letters; and 0 between ideographs and at \allowbreak.
local AFTER_SIGN, BETWEEN_LETTERS, BETWEEN_IDEOGRAPHS = 9000, 9500, 0
cv.within_word = { [5000] = true, [AFTER_SIGN] = true, [BETWEEN_LETTERS] = true, [BETWEEN_IDEOGRAPHS] = true }
-- Other penalties: for no break, and for one at a tie or hyphen in words wider than a line
local NEVER, AT_NEED = 10000, 8000

local DISC, GLUE, KERN, PENALTY = node.id("disc"), node.id("glue"), node.id("kern"), node.id("penalty")
local GLYPH, WHATSIT = node.id("glyph"), node.id("whatsit")
local SPACE, XSPACE, PARFILL = 13, 14, 15
local HYPHEN = 45

local function insert_penalty(head, after, value)
  local penalty = node.new(PENALTY)
  penalty.penalty = value
  return (node.insert_after(head, after, penalty))
end

-- Return the natural width of a node in a paragraph. Whatsits have none: the `width` of a link's start is its rectangle's.
local function width_of(n)
  if n.id == DISC then
    return n.replace and node.dimensions(n.replace) or 0
  end
  return n.id ~= WHATSIT and not (n.id == GLUE and n.subtype == PARFILL) and n.width or 0
end

-- Keep the last words of a paragraph together, so that its last line is not a single word. In justified text, where this
-- could stretch lines, a penalty only discourages it.
local LAST = 0.1 -- the least width of a last line, as a share of the width of lines; it has two words or more
local function keep_last_words(head)
  local penalty = tex.rightskip.stretch > 0 and NEVER or 4999
  local room, words = LAST * tex.hsize, 1
  local n = node.slide(head)
  while n and (room > 0 or words < 2) do
    if n.id == DISC then
      n.penalty = penalty
    elseif n.id == GLUE and (n.subtype == SPACE or n.subtype == XSPACE) and n.prev then
      head, words = insert_penalty(head, n.prev, penalty), words + 1
    elseif n.id == PENALTY and n.penalty == BETWEEN_IDEOGRAPHS then
      n.penalty, words = penalty, words + 1
    end
    room = room - width_of(n)
    n = n.prev
  end
  return head
end

-- Return whether a glyph is a sign, such as those in addresses.
local function is_sign(n)
  return n.id == GLYPH and n.char < 128 and utf8.char(n.char):match("[^%w-]")
end

-- Allow breaks within a word, from its first node up to the node after it: rather at a tie, or at a hyphen outside of an
-- address, than between letters.
local function loosen(head, first, stop)
  local n, letter, is_address = first, nil, false
  while n ~= stop do
    is_address, n = is_address or is_sign(n), n.next
  end
  n = first
  while n ~= stop do
    if n.id == PENALTY then
      n.penalty = AT_NEED
    elseif n.id == DISC and not is_address then
      n.penalty = AT_NEED
    elseif n.id == GLYPH and letter and letter.char ~= HYPHEN and n.width > 0 then
      head = insert_penalty(head, letter, is_sign(letter) and AFTER_SIGN or BETWEEN_LETTERS)
    end
    letter = n.id == GLYPH and n or n.id == KERN and letter
    n = n.next
  end
  return head
end

-- Return whether a line may end at a node.
local function is_break(n)
  if n.id == GLUE then
    return not (n.prev and n.prev.id == PENALTY and n.prev.penalty >= NEVER)
  end
  return (n.id == PENALTY or n.id == DISC) and n.penalty < NEVER
end

-- Let words that are wider than a line break anywhere, so that none runs off the page.
local function break_wide_words(head)
  local line = tex.hsize - tex.leftskip.width - tex.rightskip.width - math.abs(tex.hangindent)
  local first, n, width = head, head, 0
  while first do
    if not n or is_break(n) then
      head = width > line and loosen(head, first, n) or head
      first, width = n and n.next, 0
    else
      width = width + width_of(n)
    end
    n = n and n.next
  end
  return head
end

luatexbase.add_to_callback("pre_linebreak_filter", function(head)
  return break_wide_words(keep_last_words(head))
end, "cvtools")
