-- Number the glyphs of fonts, and add the fonts to fall back to, which have the glyphs that the class's fonts lack.

-- luaotfload numbers glyphs without a character from U+F0000 or 0x120000 on. At the end of a run, TeX walks several times
-- through all numbers up to a font's highest one, which would take longer than all else: number the glyphs within a part
-- of the private area that the fonts of the class leave free.
local FIRST, LAST = 0xED00, 0xF5FF

-- Return the first number for glyphs, unless the font has too many or has characters there.
local function first_number(glyphs, characters)
  for code = FIRST, FIRST + #glyphs do
    if code > LAST or characters[code] then
      return nil
    end
  end
  return FIRST
end

-- Replace one of luaotfload's functions, if the release has it; otherwise, TeX takes longer.
local function replace(owner, name, make)
  if owner and owner[name] then
    owner[name] = make(owner[name])
  end
end

local otf = luaotfload.fontloader.fonts.handlers.otf
replace(otf.readers, "rehash", function(rehash)
  return function(data, method)
    local characters = {}
    for _, glyph in pairs(data.glyphs) do
      characters[glyph.unicode or 0] = true
    end
    data.private = first_number(data.glyphs, characters)
    return rehash(data, method)
  end
end)

-- luaotfload prepares this feature, which joins 2,000 pairs of a letter and an accent, for each font, and nothing uses it.
otf.addfeature { name = "collapse", type = "ligature", data = {} }

-- More than half of a font's lookups place combining marks, and each walks all text: leave them out but for \cvuse{marks}.
local PLACES_MARKS = { gpos_mark2base = true, gpos_mark2ligature = true, gpos_mark2mark = true }
local without_marks = {}
replace(otf, "dataset", function(dataset)
  return function(...)
    local all = dataset(...)
    if cv.has_marks then
      return all
    end
    if not without_marks[all] then
      without_marks[all] = {}
      for _, lookup in ipairs(all) do
        if not PLACES_MARKS[lookup[3].type] then
          table.insert(without_marks[all], lookup)
        end
      end
    end
    return without_marks[all]
  end
end)

cv.fallbacks = {}
-- Fonts to fall back to are small, and others in each document: luaotfload need not cache them.
local containers = luaotfload.fontloader.containers
containers.define("fonts", "hb").enabled = false
replace(containers, "write", function(write)
  return function(container, name, data)
    -- The first number in fonts that HarfBuzz shapes.
    data.gid_offset = data.gid_offset and (first_number(data.glyphs, data.unicodes) or data.gid_offset)
    return write(container, name, data)
  end
end)

-- Add a font to those that a style falls back to.
function cv.fallback(style, file, features)
  local fonts = cv.fallbacks[style] or {}
  fonts[#fonts + 1] = ("[%s]:mode=harf;%s"):format(file, features)
  cv.fallbacks[style] = fonts
  luaotfload.add_fallback(style, fonts)
end

luatexbase.add_to_callback("luaotfload.patch_font", function(data)
  -- Drop the characters for which the font falls back to another one, so that a word is set in one font.
  for character in pairs(data.fallback_lookup or {}) do
    data.characters[character] = nil
  end
  local raw = data.specification and data.specification.features and data.specification.features.raw or {}
  if raw.oblique then
    data.slant = 200
  end
  if raw.heavy then
    data.mode, data.width = 2, data.size / 3000
  end
end, "cvtools")
