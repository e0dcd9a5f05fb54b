// doctest's main, as another user where MABPLAN_TEST_UID names one.
#include "tests/support/become_test_user.h"

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

int main(int argc, char** argv) {
    mabplan::tests::become_test_user();
    return doctest::Context(argc, argv).run();
}
