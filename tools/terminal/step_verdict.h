// How a step ended, in a word and its seconds, as every form of progress says it.
#pragma once

#include "runtime/events/build_event.h"
#include "runtime/log/text_style.h"

#include <string>
#include <string_view>

namespace mabplan::tools {

inline constexpr std::string_view kFaint = "2";  // what needs no look: SGR, ECMA-48

std::string verdict_of(const runtime::Finished& finished, runtime::Colours colours);  // "cached", "native 3.20s"
std::string verdict_of(const runtime::Failed& failed, runtime::Colours colours);  // "FAILED 3.20s", "interrupted", "stopped, because …"
std::string summary_of(const runtime::Transfer& transfer, double seconds);  // of one that ended: "python:3.12 sha256:0123: 45.6 MB, 3.1s"

}  // namespace mabplan::tools
