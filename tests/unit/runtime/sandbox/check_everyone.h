// A scenario, told the same to everybody.
#pragma once

#include "tests/unit/runtime/sandbox/world.h"

#include <doctest/doctest.h>

#include <string>

namespace mabplan::runtime::tests {

inline void check_everyone(const Scenario& scenario, const std::string& expected) {
    if (!has_busybox()) {
        MESSAGE("skipped: no static /bin/busybox (apt-get install busybox-static)");
        return;
    }
    for (const As who : everyone()) {
        INFO(name_of(who));
        CHECK(in_world(who, scenario) == expected);
    }
}

}  // namespace mabplan::runtime::tests
