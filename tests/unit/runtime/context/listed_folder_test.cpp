#include "runtime/context/listed_folder.h"

#include <doctest/doctest.h>

namespace mabplan::runtime {

namespace {

FileIdentity file_of(std::uint64_t inode) { return {1, inode, 3, {100, 0}, {100, 0}}; }

}  // namespace

TEST_CASE("a listed folder knows its files by name, and the digests of those that were known or learned, each until all were asked for") {
    ListedFolder folder(4);
    folder.add("a", file_of(1), std::nullopt);
    folder.add("ab", file_of(2), Sha256Bytes{2});
    folder.add("b", file_of(3), std::nullopt);
    folder.add("c", file_of(4), Sha256Bytes{4});

    CHECK(folder.find("ab") == 1U);
    CHECK(folder.find("") == std::nullopt);
    CHECK(folder.find("aa") == std::nullopt);
    CHECK(folder.find("d") == std::nullopt);
    CHECK(folder.fingerprint(2) == fingerprint_of(file_of(3)));
    folder.learn(2, Sha256Bytes{3});

    CHECK(folder.take_digest(0) == std::nullopt);
    CHECK(folder.take_digest(3) == Sha256Bytes{4});
    CHECK(folder.take_digest(2) == Sha256Bytes{3});
    CHECK(folder.take_digest(1) == Sha256Bytes{2});
    CHECK(folder.take_digest(1) == std::nullopt);
}

TEST_CASE("a listed folder of which nothing is known takes what is learned of any file") {
    ListedFolder folder(2);
    folder.add("a", file_of(1), std::nullopt);
    folder.add("b", file_of(2), std::nullopt);
    CHECK(folder.take_digest(1) == std::nullopt);
    folder.learn(1, Sha256Bytes{2});
    CHECK(folder.take_digest(0) == std::nullopt);
    CHECK(folder.take_digest(1) == Sha256Bytes{2});
}

}  // namespace mabplan::runtime
