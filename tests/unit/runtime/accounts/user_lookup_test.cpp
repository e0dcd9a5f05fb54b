#include "runtime/accounts/user_lookup.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

const UserFiles kFiles{"root:x:0:0:root:/root:/bin/sh\nweb:x:33:34::/var/www:/bin/false\n", "root:x:0:\nweb:x:34:\nextra:x:50:web\n"};
const UserFiles kNone{};

}  // namespace

TEST_CASE("an owner is found by number, by name and by both") {
    CHECK(find_owner("web", kFiles).value() == Owner{33, 34});
    CHECK(find_owner("web:extra", kFiles).value() == Owner{33, 50});
    CHECK(find_owner("7:extra", kFiles).value() == Owner{7, 50});
    CHECK(find_owner("web:8", kFiles).value() == Owner{33, 8});
}

TEST_CASE("a lone number is the group too, whatever the files say") {
    CHECK(find_owner("33", kFiles).value() == Owner{33, 33});
    CHECK(find_owner("", kFiles).value() == Owner{0, 0});
}

TEST_CASE("root runs and owns in every image") {
    CHECK(find_user("root", kNone).value().uid == 0);
    CHECK(find_user("root", kNone).value().home == "/");
    CHECK(find_user("root", kFiles).value().home == "/root");
    CHECK(find_owner("root", kNone).value() == Owner{0, 0});
    CHECK_FALSE(needs_user_files("root"));
    CHECK(needs_user_files("web"));
    CHECK(needs_user_files("0:web"));
}

TEST_CASE("digits are an id, whatever names there are") {
    const UserFiles files{"77:x:1004:1005::/of-77:/bin/sh\nlater:x:77:78::/later:/bin/sh\n", "77:x:1005:\nother:x:77:77\n"};
    CHECK(find_user("77", files).value().uid == 77);
    CHECK(find_user("77", files).value().gid == 78);
    CHECK(find_user("77", files).value().home == "/later");
    CHECK(find_user("later:77", files).value().gid == 77);
    CHECK(find_user("1006", files).value().gid == 0);
}

TEST_CASE("home is that of the first line of the id") {
    const UserFiles files{"root:x:0:0::/root:/bin/sh\nother:x:0:0::/other:/bin/sh\nnone:x:5:5:::/bin/sh\n", ""};
    CHECK(find_user("other", files).value().home == "/root");
    CHECK(find_user("none", files).value().home.empty());
    CHECK(find_user("6", files).value().home == "/");
}

TEST_CASE("an unknown name is refused, or counts as 0") {
    CHECK(find_owner("nobody", kFiles).error().message == "the user \"nobody\" is not in /etc/passwd of the image");
    CHECK(find_owner("web:nobody", kFiles).error().message == "the group \"nobody\" is not in /etc/group of the image");
    CHECK(find_owner("nobody", kFiles, UnknownNames::Root).value() == Owner{0, 0});
    CHECK(find_owner("web:nobody", kFiles, UnknownNames::Root).value() == Owner{33, 34});
    CHECK(find_owner("nobody:extra", kNone, UnknownNames::Root).value() == Owner{0, 0});
}

TEST_CASE("the primary group is among the supplementary ones, first, and once") {
    using Groups = std::vector<std::uint32_t>;
    CHECK(find_user("", kFiles).value().groups == Groups{0});
    CHECK(find_user("web", kFiles).value().groups == Groups{34, 50});
    CHECK(find_user("web:extra", kFiles).value().groups == Groups{50});
    CHECK(find_user("7", kNone).value().groups == Groups{0});
    CHECK(find_user("7:8", kNone).value().groups == Groups{8});
    const UserFiles member{"root:x:0:0:root:/root:/bin/sh\n", "root:x:0:root\nbin:x:1:root,bin\n"};
    CHECK(find_user("root", member).value().groups == Groups{0, 1});
}

TEST_CASE("the group root is 0 in every image") {
    CHECK(find_owner("root:root", kNone).value() == Owner{0, 0});
    CHECK(find_user("7:root", kNone).value().gid == 0);
}
