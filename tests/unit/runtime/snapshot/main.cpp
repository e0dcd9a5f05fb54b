// doctest's main, within a user namespace. Where the kernel refuses one, the tests are skipped (77 says so to meson).
#include "tests/support/user_namespace.h"

#include <iostream>

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

int main(int argc, char** argv) {
    if (const std::string why = mabplan::tests::enter_user_namespace(); !why.empty()) {
        std::cerr << "skipped: " << why << '\n';
        return 77;
    }
    return doctest::Context(argc, argv).run();
}
