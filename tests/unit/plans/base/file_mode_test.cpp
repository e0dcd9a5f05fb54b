#include "plans/base/file_mode.h"

#include "plans/base/format.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

struct Row {
    const char* text;
    std::uint32_t before;
    std::uint32_t file;       // after, of a file
    std::uint32_t directory;  // after, of a directory
};

constexpr Row kRows[] = {
    // numbers
    {"0", 0777, 0000, 0000},
    {"644", 0777, 0644, 0644},
    {"0755", 0600, 0755, 0755},
    {"07777", 0000, 07777, 07777},
    {"00000644", 07777, 0644, 0644},
    // one class, one permission
    {"u+r", 0000, 0400, 0400},
    {"g+w", 0000, 0020, 0020},
    {"o+x", 0000, 0001, 0001},
    {"a+x", 0644, 0755, 0755},
    {"+x", 0644, 0755, 0755},
    {"ugo+x", 0644, 0755, 0755},
    {"u-r", 0777, 0377, 0377},
    {"go-rwx", 0777, 0700, 0700},
    {"-w", 0777, 0555, 0555},
    {"a=", 0777, 0000, 0000},
    {"=", 0777, 0000, 0000},
    {"+", 0421, 0421, 0421},
    {"u-", 0421, 0421, 0421},
    {"go=", 0777, 0700, 0700},
    {"u=rw", 0777, 0677, 0677},
    {"=rw", 0755, 0666, 0666},
    // several
    {"u=rwx,go=rx", 0000, 0755, 0755},
    {"g-w,o=", 0777, 0750, 0750},
    {"u+rw-x", 0100, 0600, 0600},
    {"a=r,ug=rw,u+x", 0777, 0764, 0764},
    {"u+r,u-r", 0000, 0000, 0000},
    {"u-r,u+r", 0000, 0400, 0400},
    // X looks at the mode that the file had
    {"+X", 0644, 0644, 0755},
    {"+X", 0744, 0755, 0755},
    {"a+X", 0010, 0111, 0111},
    {"u=rwX,go=rX", 0600, 0644, 0755},
    {"u=rwX,go=rX", 0700, 0755, 0755},
    {"u=rwX,go=rX", 0666, 0644, 0755},
    {"=rw,+X", 0766, 0777, 0777},
    {"=rw,+X", 0666, 0666, 0777},
    {"a-x,a+X", 0744, 0755, 0755},
    {"a-X", 0777, 0666, 0666},
    {"a-X", 0666, 0666, 0666},
    {"u+xX", 0600, 0700, 0700},
    // set-id and sticky
    {"u+s", 0755, 04755, 04755},
    {"g+s", 0755, 02755, 02755},
    {"+s", 0755, 06755, 06755},
    {"o+s", 0755, 0755, 0755},
    {"u-s", 06755, 02755, 02755},
    {"u=rwx", 06755, 02755, 02755},
    {"u=rwxs", 0755, 04755, 04755},
    {"g=", 02770, 0700, 0700},
    {"+t", 0755, 01755, 01755},
    {"a+t", 0755, 01755, 01755},
    {"u+t", 0755, 01755, 01755},
    {"o+t", 0755, 0755, 0755},
    {"-t", 01755, 0755, 0755},
    {"=rx", 01777, 01555, 01555},
    {"=rxt", 0777, 01555, 01555},
    {"+rt", 0000, 01444, 01444},
    {"a+x,o-t", 01644, 01755, 01755},
    // copies of another class
    {"g=u", 0640, 0660, 0660},
    {"g=u", 0707, 0777, 0777},
    {"o=g", 0750, 0755, 0755},
    {"u=o", 04701, 04101, 04101},
    {"go=u-w", 0770, 0755, 0755},
    {"go=u-w", 0670, 0644, 0644},
    {"u=go", 0021, 0321, 0321},
    {"u+go", 0021, 0321, 0321},
    {"u=rg", 0020, 0620, 0620},
    {"-u", 0111, 0000, 0000},
    {"+g", 0070, 0777, 0777},
    {"u+o,g+u", 0001, 0111, 0111},
    {"o+r,g+w,a+t,g-s,u+og", 0000, 01624, 01624},
    {"o+r,g+w,a+t,g-s,u+og", 02100, 01724, 01724},
};

}  // namespace

TEST_CASE("modes before and after") {
    for (const Row& row : kRows) {
        CAPTURE(row.text);
        CAPTURE(format("{:o}", row.before));
        const auto change = FileModeChange::parse(row.text);
        REQUIRE(change);
        CHECK(format("{:o}", change->apply(row.before, false)) == format("{:o}", row.file));
        CHECK(format("{:o}", change->apply(row.before, true)) == format("{:o}", row.directory));
        CHECK(change->text() == row.text);
    }
}

TEST_CASE("only numbers fix the mode") {
    CHECK(FileModeChange::parse("0755")->fixed_mode() == 0755);
    CHECK(FileModeChange::parse("0")->fixed_mode() == 0);
    CHECK(!FileModeChange::parse("a=rwx")->fixed_mode());
}

TEST_CASE("bits beyond the permissions are not kept") { CHECK(FileModeChange::parse("+x")->apply(0100644, false) == 0755); }

TEST_CASE("numbers that are no mode") {
    for (const std::string text :
         {"64a", "10000", "8", "9", "0o755", "0x1ff", "07 55", "755,u+x", "01000000000000000007777", "777777777777777777777777"}) {
        CAPTURE(text);
        const auto change = FileModeChange::parse(text);
        REQUIRE(!change);
        CHECK(change.error().kind == ErrorKind::Input);
        CHECK(change.error().message == "invalid chmod parameter: '" + text + "'. it should be octal string and between 0 and 07777");
    }
}

TEST_CASE("texts that are no changes") {
    for (const std::string text :
         {"", ",", "u", "go", "z", "q+r", "u+z", "u+r,", ",u+r", "u+r,,g+r", "u+r g+r", "+644", "-1", "u=7", "u~x", "rwx", "u+r\n"}) {
        CAPTURE(text);
        const auto change = FileModeChange::parse(text);
        REQUIRE(!change);
        CHECK(change.error().message ==
              "invalid chmod parameter: '" + text +
                  "'. it should be octal string and between 0 and 07777, or changes as \"u=rwX,go=rX\" or \"a+x\"");
    }
}
