// What nearly every file includes, for the compiler to read once for all libraries (plans/meson.build). Not what is heavy and has few
// users: templates that inline functions of a header use are made again in each file, and JSON's parser is among them. No file includes it:
// each names what it uses itself. It has no #pragma once: a compiler that is given it alone warns of that.
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
