-- Lua code that LuaTeX runs first, so that luaotfload starts in half the time: it would read Unicode's data, for features
-- that documents of the class do not use. Load each module with such data only when it is first used.

-- Collect garbage less often: most of what is loaded stays.
collectgarbage("setpause", 400)

-- Return a stub for a function or a table of a module. When the stub is first used, `get` loads and returns the original.
-- `part` is `true`, or a table of the parts that have stubs of their own.
local function later(part, get)
  local stub, value = {}, nil
  for name, inner in pairs(part == true and {} or part) do
    stub[name] = later(inner, function() return get()[name] end)
  end
  local function real()
    value = value or get()
    return value
  end
  return setmetatable(stub, {
    __index = function(_, key) return real()[key] end,
    __call = function(_, ...) return real()(...) end,
  })
end

-- Have `require` return a stub for a module, whose `parts` have stubs of their own or have `replacements`.
local function delay(module, parts, replacements)
  package.preload[module] = function()
    local stub = later(parts, function()
      package.preload[module], package.loaded[module] = nil, nil
      luaotfload_module = luaotfload_module or function() end
      return require(module)
    end)
    for name, value in pairs(replacements or {}) do
      stub[name] = value
    end
    return stub
  end
end

delay("lua-uni-case", { casefold = true })
delay("luaotfload-unicode", {
  alphnum_only = true, ccc = true, soft_dotted = true,
  casemapping = { uppercase = true, lowercase = true, cased = true, case_ignorable = true },
})
-- Text is normalized before it is written, see characters.py.
local function same(head) return head end
delay("lua-uni-normalize", {}, { direct = { NFC = same, NFD = same, NFKD = same } })
