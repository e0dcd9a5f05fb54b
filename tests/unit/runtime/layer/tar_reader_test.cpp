#include "runtime/layer/tar_reader.h"

#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tests/support/layer_builder.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <cstdlib>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

struct ReadBack {
    TarEntry entry;
    std::string content;
};

Result<std::vector<ReadBack>> read_all(const std::string& tar, const TarLimits& limits = {}, std::size_t at_once = 1000) {
    StringSource source(tar, at_once);
    TarReader reader(source, limits);
    std::vector<ReadBack> all;
    for (;;) {
        MABPLAN_TRY(entry, reader.next());
        if (!entry) break;
        ReadBack back{std::move(*entry), {}};
        for (;;) {
            MABPLAN_TRY(block, reader.read());
            if (!block) break;
            back.content.resize(block->offset, '\0');
            back.content += block->bytes;
        }
        all.push_back(std::move(back));
    }
    std::vector<char> rest(1);
    if (source.read(rest).value() != 0) return fail(ErrorKind::Internal, "the source was not read to its end");
    return all;
}

std::string message(const std::string& tar, const TarLimits& limits = {}) {
    const Result<std::vector<ReadBack>> outcome = read_all(tar, limits);
    return outcome ? "no error" : outcome.error().message;
}

std::string with_checksum(std::string header) {
    header.replace(148, 8, "        ");
    unsigned sum = 0;
    for (const char byte : header.substr(0, 512)) sum += static_cast<unsigned char>(byte);
    char digits[8];
    std::snprintf(digits, sizeof digits, "%06o", sum);
    header.replace(148, 7, digits, 7);
    return header;
}

std::string pax_before(std::string records, const std::string& rest) {
    const std::string header = tar_of({{file_line("././@PaxHeader", 0), records}}).substr(0, 512);
    std::string typed = header;
    typed[156] = 'x';
    records.resize((records.size() + 511) / 512 * 512, '\0');
    return with_checksum(typed) + records + rest;
}

}  // namespace

TEST_CASE("what the writer wrote is read back, in any portions") {
    LayerEntry owned = file_line("b", 0, 04755);
    owned.entry.uid = 4294967294;
    owned.entry.gid = 7;
    owned.entry.xattrs = {{"security.capability", std::string("\1\0\0\2", 4)}, {"user.x", ""}};
    owned.entry.mtime_s = -5;
    const std::string content(1'000'003, 'x');
    const std::string tar = tar_of({{folder_line("."), ""},
                                    {owned, content},
                                    {hard_link_line("c", "b"), ""},
                                    {line("l", FileType::Symlink, 0777, std::string(300, '\xe9')), ""},
                                    {file_line(std::string(200, '\xff') + "/\xc3\xa9", 0), "1"},
                                    {mark_line("gone", LayerMark::Whiteout), ""}});
    for (const std::size_t at_once : {1UL, 513UL, 1UL << 20U}) {
        const std::vector<ReadBack> all = read_all(tar + std::string(9000, '\0'), {}, at_once).value();
        REQUIRE(all.size() == 6);
        CHECK(all[0].entry.path == "./");
        CHECK(all[0].entry.entry.type == FileType::Directory);
        CHECK(all[1].entry.path == "b");
        CHECK(all[1].content == content);
        TreeEntry facts = all[1].entry.entry;
        owned.entry.size = content.size();
        CHECK(facts == owned.entry);
        CHECK(all[2].entry.is_hardlink);
        CHECK(all[2].entry.hardlink == "b");
        CHECK(all[3].entry.entry.link_target == std::string(300, '\xe9'));
        CHECK(all[4].entry.path == std::string(200, '\xff') + "/\xc3\xa9");
        CHECK(all[4].content == "1");
        CHECK(all[5].entry.path == ".wh.gone");
    }
    CHECK(read_all("").value().empty());
    CHECK(read_all(std::string(1024, '\0')).value().empty());
}

TEST_CASE("a tar that is cut short is an error at any length but between entries") {
    const std::string tar =
        tar_of({{folder_line("a"), ""}, {file_line("a/b", 0), std::string(700, 'x')}, {file_line(std::string(150, 'n'), 0), "1"}});
    for (std::size_t length = 1; length < tar.size() - 1024; length += 97) {
        // header, header, two blocks, pax header and record, header, block
        const bool between = length % 512 == 0 && (length == 512 || length == 512 * 4);
        CHECK_MESSAGE(read_all(tar.substr(0, length)).has_value() == between, length);
    }
    CHECK(message(tar.substr(0, 512 + 512 + 300)) == "the tar archive is damaged or cut short after \"a/b\": Truncated tar archive");
    CHECK(message("this is no tar archive at all" + std::string(1000, '.')) ==
          "the tar archive is damaged or cut short at its start: Unrecognized archive format");
}

TEST_CASE("budgets") {
    const std::string tar =
        tar_of({{file_line("a", 0), "123"}, {file_line("b", 0), "456"}, {line("l", FileType::Symlink, 0777, "target"), ""}});
    CHECK(message(tar, {2, 100, 100}) == "the tar archive has more than 2 entries: it is not unpacked");
    CHECK(message(tar, {10, 5, 100}) == "the tar archive holds more than 5 B (at \"b\"): it is not unpacked");
    CHECK(message(tar, {10, 6, 5}) == "the tar archive has a name of 6 bytes (\"target\"…): more than 5 are refused");
    CHECK(message(tar, {3, 6, 6}) == "no error");
}

TEST_CASE("what comes behind the end of an archive is no part of it, for any reader") {
    const std::string tar = tar_of({{file_line("a", 0), "1"}});
    const std::string padded = tar + std::string(1U << 20U, '\0');
    CHECK(message(padded) == "no error");
    CHECK(message(padded, {10, 1000, 100}) == "the tar archive holds more than 1.00 kB (at \"a\"): it is not unpacked");
    for (const std::string& behind : {std::string("x"), tar, std::string(2U << 20U, 'x')}) {
        CHECK(read_all(tar + behind).value().size() == 1);
        CHECK(read_all(padded + behind).value().size() == 1);
    }
    CHECK(message(std::string(1024, '\0') + tar) == "no error");
    // one block of zeros is an end for some readers only
    const std::string doubtful = tar.substr(0, tar.size() - 512) + tar;
    CHECK(message(doubtful) == "the tar archive goes on after one block of zeros, which comes after \"a\": two end an archive");
    CHECK(message(std::string(512, '\0') + tar) ==
          "the tar archive goes on after one block of zeros, which comes at its start: two end an archive");
    CHECK(message(tar.substr(0, tar.size() - 512)) == "no error");
    TarLimits of_users;
    of_users.ending = TarEnding::OneBlock;
    CHECK(read_all(doubtful, of_users).value().size() == 1);
}

TEST_CASE("pax records are judged") {
    const std::string file = tar_of({{file_line("f", 0), "1"}});
    CHECK(read_all(pax_before("9 path=x\n", file)).value()[0].entry.path == "x");
    CHECK(read_all(pax_before("9 path=x\n9 path=y\n", file)).value()[0].entry.path == "y");
    CHECK(message(pax_before("10 size=x\n", file)) == "the tar archive has a pax header with the size \"x\", which is no number");
    CHECK(message(pax_before(std::string("12 path=a\0b\n", 12), file)) ==
          "the tar archive has a pax header with a zero byte in its \"path\"");
    const std::string two = tar_of({{file_line("before", 0), "1"}}).substr(0, 1024) + pax_before("9 path x\n", file);
    CHECK(message(two) == "the tar archive has a malformed pax header record, after \"before\"");
    for (const char* bad : {"8 path=x\n", "99 path=x\n", "path=x\n", "9 path x\n", "-9 path=x\n", "9 path=x"})
        CHECK_MESSAGE(message(pax_before(bad, file)) == "the tar archive has a malformed pax header record", bad);
}

TEST_CASE("the size in a header is a number") {
    const auto with_size = [](const std::string& field) {
        std::string tar = tar_of({{file_line("f", 0), ""}});
        tar.replace(124, field.size(), field);
        tar.replace(148, 8, "        ");
        unsigned sum = 0;
        for (std::size_t at = 0; at < 512; ++at) sum += static_cast<unsigned char>(tar[at]);
        std::array<char, 8> digits{};
        std::snprintf(digits.data(), digits.size(), "%06o", sum);
        tar.replace(148, 8, std::string(digits.data(), 7) + " ");
        return message(tar);
    };
    CHECK(with_size("00000000000") == "no error");
    CHECK(with_size("          0") == "no error");
    CHECK(with_size("0          ") == "no error");
    CHECK(with_size("zzzzzzzzzzz") == "the tar archive has a header with the size \"zzzzzzzzzzz\\x00\", which is no number");
    CHECK(with_size("00000000089").find("which is no number") != std::string::npos);
}

TEST_CASE("the pax size wins over the one of the header, so nothing hides in between") {
    // the header says 0 bytes, the record 512: what follows is content, not an entry
    const std::string inner = tar_of({{file_line("hidden", 0), ""}}).substr(0, 512);
    const std::string outer = tar_of({{file_line("outer", 0), ""}}).substr(0, 512);
    const std::vector<ReadBack> all = read_all(pax_before("12 size=512\n", outer + inner + std::string(1024, '\0'))).value();
    REQUIRE(all.size() == 1);
    CHECK(all[0].entry.path == "outer");
    CHECK(all[0].content == inner);
}

TEST_CASE("a tar within a tar is content") {
    const std::string nested = pax_before("9 path=x\n", tar_of({{file_line("f", 0), "1"}}));
    const std::vector<ReadBack> all = read_all(tar_of({{file_line("inner.tar", 0), nested}, {folder_line("z"), ""}})).value();
    REQUIRE(all.size() == 2);
    CHECK(all[0].content == nested);
}

TEST_CASE("archives of GNU tar in all its formats, with long names and holes") {
    const TemporaryDirectory folder;
    const std::string script = "cd " + folder.path() +
                               " && mkdir t && printf 1 > t/f && ln t/f t/g && ln -s f t/l && truncate -s 5000000 t/holes && printf mid | "
                               "dd of=t/holes bs=1 seek=2000000 conv=notrunc "
                               "status=none && truncate -s 300000 t/many && for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 "
                               "22 23 24 25 26 27 28 29 30; do printf x | dd "
                               "of=t/many bs=1 seek=${i}0000 conv=notrunc status=none; done && printf z > t/z && for format in v7 ustar "
                               "oldgnu gnu posix; do tar --sort=name "
                               "--format=$format -cf $format.tar t; done && tar --sort=name --format=oldgnu -S -cf oldgnu-sparse.tar t && "
                               "for v in 0.0 0.1 1.0; do tar --sort=name "
                               "--format=posix -S --sparse-version=$v -cf posix-sparse-$v.tar t; done && n=$(printf 'n%.0s' $(seq 200)) && "
                               "printf long > t/$n && ln -s $n t/to-long && "
                               "for format in gnu posix; do tar --sort=name --format=$format -cf $format-long.tar t; done";
    REQUIRE(std::system(script.c_str()) == 0);
    std::string holes(5'000'000, '\0');
    holes.replace(2'000'000, 3, "mid");
    std::string many(300'001, '\0');
    for (std::size_t at = 10'000; at <= 300'000; at += 10'000) many[at] = 'x';
    for (const char* name : {"v7", "ustar", "oldgnu", "gnu", "posix", "oldgnu-sparse", "posix-sparse-0.0", "posix-sparse-0.1",
                             "posix-sparse-1.0", "gnu-long", "posix-long"}) {
        CAPTURE(name);
        const Result<std::vector<ReadBack>> all = read_all(read_file((folder / name) + ".tar").value());
        REQUIRE_MESSAGE(all.has_value(), all.error().message);
        const std::string long_name = "t/" + std::string(200, 'n');
        const bool with_long = std::string(name).ends_with("-long");
        std::vector<std::string> names;
        for (const ReadBack& back : *all) names.push_back(back.entry.path);
        CHECK(names == (with_long ? std::vector<std::string>{"t/", "t/f", "t/g", "t/holes", "t/l", "t/many", long_name, "t/to-long", "t/z"}
                                  : std::vector<std::string>{"t/", "t/f", "t/g", "t/holes", "t/l", "t/many", "t/z"}));
        for (const ReadBack& back : *all) {
            if (back.entry.path == "t/g") CHECK(back.entry.hardlink == "t/f");
            if (back.entry.path == "t/l") CHECK(back.entry.entry.link_target == "f");
            if (back.entry.path == "t/to-long") CHECK(back.entry.entry.link_target == std::string(200, 'n'));
            std::string content = back.content;
            content.resize(back.entry.entry.size, '\0');  // a hole at the end
            if (back.entry.path == "t/holes") CHECK(content == holes);
            if (back.entry.path == "t/many") CHECK(content == many);
            if (back.entry.path == "t/z") CHECK(content == "z");
        }
    }
}
