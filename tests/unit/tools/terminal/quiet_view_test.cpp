#include "tools/terminal/quiet_view.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::tools;
using namespace mabplan::runtime;

TEST_CASE("quiet says warnings, each once, and nothing else") {
    std::string said;
    QuietView view([&](std::string_view text) { said += text; });
    view.see({0, RunBegan{1, 0, 1, {}}});
    view.see({0, Started{{0}}});
    view.see({0, Said{{0}, "output\n"}});
    for (int i = 0; i < 2; ++i) view.see({0, Warned{"a key is in the image\x1b[2J", "leave it out"}});
    view.see({0, Finished{{0}}});
    view.see({0, RunEnded{}});
    CHECK(said == "warning: a key is in the image\nwarning:   hint: leave it out\n");
}
