#include "plans/tree/listing.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

ListedEntry file(const std::string& path, std::string_view content, std::uint32_t mode = 0644) {
    ListedEntry listed;
    listed.path = path;
    listed.entry.name = path.substr(path.rfind('/') + 1);
    listed.entry.mode = mode;
    listed.entry.size = content.size();
    listed.digest = Digest::of(content);
    return listed;
}

ListedEntry other(const std::string& path, FileType type, std::uint32_t mode) {
    ListedEntry listed = file(path, "", mode);
    listed.entry.type = type;
    listed.digest = {};
    return listed;
}

ListedEntry link_to(const std::string& path, const std::string& target) {
    ListedEntry listed = other(path, FileType::Symlink, 0777);
    listed.entry.link_target = target;
    return listed;
}

std::vector<ListedEntry> one_of_each() {
    std::vector<ListedEntry> entries{
        other("a", FileType::Directory, 0755), file("a b\n\\=,\xff", "odd"),       file("a/x", "same"),     link_to("l", "../x y"),
        other("p", FileType::Fifo, 0600),      other("s", FileType::Socket, 0600), file("z", "same", 04755)};
    entries[2].entry.hardlink = entries[6].entry.hardlink = 3;
    entries[2].entry.xattrs = entries[6].entry.xattrs = {{"security.capability", std::string("\0\1", 2)}, {"user.a=b", ""}};
    entries[2].entry.mode = 04755;
    entries.push_back(other("zd", FileType::CharDevice, 0666));
    entries.back().entry.device = std::uint64_t{1} << 32 | 3;
    entries.push_back(other("zp", FileType::Directory, 0700));
    entries.back().role = EntryRole::Parent;
    entries[1].entry.uid = 1000;
    entries[1].entry.gid = 4294967295U;
    return entries;
}

std::string failure(std::string_view text) {
    const auto entries = read_listing(text);
    if (entries) return "read";
    std::string out = entries.error().message;
    for (const std::string& context : entries.error().context) out += "; " + context;
    return out;
}

Digest hash_of(const ListedEntries& entries) {
    Sha256 hash;
    hash_listing(hash, entries);
    return Digest(hash.finish());
}

}  // namespace

TEST_CASE("the text of a listing") {
    CHECK(write_listing({}) == "listing 1\n");
    CHECK(write_listing(one_of_each()) ==
          "listing 1\n"
          "d 755 0 0 - - - - a\n"
          "f 644 1000 4294967295 3 " +
              Digest::of("odd").hex() +
              " - - a\\x20b\\x0a\\x5c\\x3d\\x2c\\xff\n"
              "f 4755 0 0 4 " +
              Digest::of("same").hex() +
              " security.capability=0001,user.a\\x3db= - a/x\n"
              "l 777 0 0 ../x\\x20y - - - l\n"
              "p 600 0 0 - - - - p\n"
              "s 600 0 0 - - - - s\n"
              "f 4755 0 0 4 " +
              Digest::of("same").hex() +
              " security.capability=0001,user.a\\x3db= =a/x z\n"
              "c 666 0 0 1:3 - - - zd\n"
              "D 700 0 0 - - - - zp\n");
}

TEST_CASE("a listing is read back as it was written") {
    std::vector<ListedEntry> entries = one_of_each();
    const auto back = read_listing(write_listing(entries));
    REQUIRE(back);
    CHECK(back->at(6).entry.hardlink == back->at(2).entry.hardlink);
    CHECK(back->at(6).entry.hardlink != 0);
    for (ListedEntry& listed : entries)
        if (listed.entry.hardlink != 0) listed.entry.hardlink = back->at(2).entry.hardlink;
    CHECK(*back == entries);
    CHECK(write_listing(*back) == write_listing(entries));
}

TEST_CASE("the text does not depend on the order, on mtimes or on the numbers of hard links") {
    std::vector<ListedEntry> entries = one_of_each();
    const std::string text = write_listing(entries);
    std::swap(entries[0], entries[6]);
    for (ListedEntry& listed : entries) {
        listed.entry.mtime_s += 77;
        if (listed.entry.hardlink != 0) listed.entry.hardlink = 99;
    }
    CHECK(write_listing(entries) == text);
    entries[0].entry.hardlink = 0;
    CHECK(write_listing(entries) != text);
}

TEST_CASE("the hash is that of the text, however long") {
    ListedEntries packed;
    std::vector<ListedEntry> entries;
    for (int i = 1000; i < 4000; ++i) {
        entries.push_back(file("d/" + std::to_string(i), std::to_string(i)));
        packed.push_back(entries.back());
    }
    const std::string text = write_listing(entries);
    CHECK(text.size() > 200000);
    CHECK(hash_of(packed) == Digest::of(text));
    CHECK(hash_of({}) == Digest::of("listing 1\n"));
}

TEST_CASE("packed entries are those that were put in, whatever they hold") {
    const std::vector<ListedEntry> entries = one_of_each();
    ListedEntries packed;
    for (const ListedEntry& listed : entries) packed.push_back(listed);
    REQUIRE(packed.size() == entries.size());
    CHECK(std::vector<ListedEntry>(packed.begin(), packed.end()) == entries);
    for (std::size_t i = 0; i < entries.size(); ++i) CHECK(packed.path(i) == entries[i].path);
    ListedEntry old = file("old", "x");
    old.entry.mtime_s = -86'400;
    old.entry.mtime_ns = 999'999'999;
    old.entry.size = UINT64_MAX;
    CHECK(ListedEntries{old}[0] == old);
}

TEST_CASE("a packed list of many entries gives back what it held before one of them") {
    ListedEntries packed;
    for (int i = 0; i < 20'000; ++i) packed.push_back(file("directory/" + std::to_string(i), "x"));
    CHECK(packed[0].path == "directory/0");
    packed.release_before(15'000);
    CHECK(packed[15'000].path == "directory/15000");
    CHECK(packed.path(19'999) == "directory/19999");
}

TEST_CASE("what is no listing") {
    CHECK(failure("") == "a listing begins with the line \"listing 1\"");
    CHECK(failure("listing 2\n") == "a listing begins with the line \"listing 1\"");
    CHECK(failure("listing 1\nd 755 0 0 - - - - a") == "line 2 of the listing has no end");
    CHECK(failure("listing 1\nd 755 0 0 - - - a\n") == "expected 9 fields, found 8; reading line 2 of a listing");
    CHECK(failure("listing 1\nx 755 0 0 - - - - a\n") == "expected a file type, found \"x\"; reading line 2 of a listing");
    CHECK(failure("listing 1\nd 7558 0 0 - - - - a\n") == "expected a number, found \"7558\"; reading line 2 of a listing");
    CHECK(failure("listing 1\nd 755 0 0 - - - - \n") == "expected a name, found nothing; reading line 2 of a listing");
    CHECK(failure("listing 1\nd 755 0 0 - - - - a\\n\n") == "expected \\xHH in \"a\\\\n\"; reading line 2 of a listing");
    CHECK(failure("listing 1\nd 755 0 0 - - x - a\n") == "expected name=hex, found \"x\"; reading line 2 of a listing");
    CHECK(failure("listing 1\nd 755 0 0 - - x=0 - a\n") == "expected pairs of hex digits, found \"0\"; reading line 2 of a listing");
    CHECK(failure("listing 1\nf 644 0 0 1 - - x a\n") == "expected =path, found \"x\"; reading line 2 of a listing");
    CHECK_FALSE(read_listing("listing 1\nf 644 0 0 1 abc - - a\n"));
    CHECK_FALSE(read_listing("listing 1\nc 644 0 0 1 - - - a\n"));
}

TEST_CASE("differences in words") {
    const std::vector<ListedEntry> before = one_of_each();
    std::vector<ListedEntry> after = before;
    CHECK(describe_difference(before, after).empty());
    after[0].entry.mode = 0700;
    after[1] = link_to("a b\n\\=,\xff", "x");
    after[2].digest = Digest::of("else");
    after[2].entry.uid = 5;
    after[3].entry.link_target = "q";
    after[7].entry.device = std::uint64_t{1} << 32 | 5;
    after[8].role = EntryRole::Selected;
    after[4].path = "new.txt";
    CHECK(describe_difference(before, after) == std::vector<std::string>{
                                                    "a: mode 0755 -> 0700",
                                                    "\"a b\\x0a\\\\=,\\xff\": file -> symlink",
                                                    "a/x: content, owner 0:0 -> 5:0",
                                                    "l: target ../x y -> q",
                                                    "new.txt: added",
                                                    "p: removed",
                                                    "zd: device 1:3 -> 1:5",
                                                    "zp: selected itself now",
                                                });
    CHECK(describe_difference(before, after, 2) ==
          std::vector<std::string>{"a: mode 0755 -> 0700", "\"a b\\x0a\\\\=,\\xff\": file -> symlink", "and 6 more"});

    after = before;
    after[2].entry.hardlink = 0;
    CHECK(describe_difference(before, after) == std::vector<std::string>{"hard links: other names share a file"});
}
