// What nearly every unit test includes, for the compiler to read once for all of them; as plans/base/precompiled.h.
// It has no #pragma once: a compiler that is given it alone warns of that.
#include "plans/base/format.h"
#include "plans/base/result.h"
#include "plans/base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>
