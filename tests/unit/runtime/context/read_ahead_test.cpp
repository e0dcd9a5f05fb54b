#include "runtime/context/read_ahead.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

FolderListing listing_named(const std::string& name) {
    FolderListing listing;
    TreeEntry entry;
    entry.name = name;
    listing.entries.push_back(entry);
    return listing;
}

std::vector<std::string> folders(int count) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.push_back("d" + std::to_string(i));
    return names;
}

}  // namespace

TEST_CASE("what is expected is read once, by whoever comes first") {
    std::atomic<int> reads{0};
    const ReadAhead::Read read = [&](const std::string& directory) -> Result<FolderListing> {
        ++reads;
        if (directory == "d7") return input_error("no d7");
        return listing_named(directory);
    };
    for (int round = 0; round < 50; ++round) {
        reads = 0;
        ReadAhead ahead(read, 3);
        const std::vector<std::string> names = folders(40);
        ahead.expect(names);
        for (const std::string& name : names) {
            std::optional<Result<FolderListing>> taken = ahead.take(name);
            const Result<FolderListing> listing = taken ? std::move(*taken) : read(name);
            if (name == "d7") CHECK(listing.error().message == "no d7");
            else CHECK(listing->entries[0].name == name);
            if (name == "d20") ahead.expect({"d20/a", "d20/b"});
        }
        CHECK_FALSE(ahead.take("d3"));  // once
        const int left = (ahead.take("d20/a") ? 0 : 1) + (ahead.take("d20/b") ? 0 : 1);
        CHECK(reads + left == 42);
    }
}

TEST_CASE("without threads nothing is read ahead, and what is left over is dropped") {
    int reads = 0;
    const ReadAhead::Read read = [&](const std::string& directory) -> Result<FolderListing> {
        ++reads;
        return listing_named(directory);
    };
    {
        ReadAhead ahead(read, 0);
        ahead.expect(folders(40));
        CHECK_FALSE(ahead.take("d1"));
    }
    {
        ReadAhead ahead(read, 2);
        ahead.expect({"one"});  // a thread is not worth it
        CHECK_FALSE(ahead.take("one"));
    }
    CHECK(reads == 0);
    ReadAhead ahead(read, 1);
    ahead.expect(folders(1000));  // and ends in the middle of it
}
