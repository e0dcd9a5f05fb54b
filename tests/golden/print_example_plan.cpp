// Prints the plan of tests/support/example_plan.h, which has one of everything: what reads plans is tried on it.
#include "plans/codec/plan_writer.h"
#include "tests/support/example_plan.h"

#include <iostream>

int main() {
    std::cout << mabplan::write_plan(mabplan::tests::example_plan());
    return 0;
}
