#include "runtime/layer/member_cuts.h"

#include "plans/base/format.h"
#include "runtime/layer/codec.h"
#include "runtime/layer/packed_members.h"
#include "tests/support/layer_builder.h"

#include <doctest/doctest.h>

#include <cstring>

#include <map>
#include <mutex>
#include <numeric>
#include <random>
#include <set>

using namespace mabplan;
using namespace mabplan::runtime;
using namespace mabplan::tests;

namespace {

std::string noise(std::mt19937_64& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
        const std::uint64_t word = random();
        std::memcpy(bytes.data() + at, &word, std::min(sizeof word, size - at));
    }
    return bytes;
}

struct File {
    std::string path;
    std::string content;
};

std::vector<File> many_files(std::size_t count, std::size_t most_bytes) {
    std::mt19937_64 random(5);
    std::vector<File> files;
    for (std::size_t i = 0; i < count; ++i)
        files.push_back({format("folder{}/file{}", i % 7, i), noise(random, static_cast<std::size_t>(random() % most_bytes))});
    return files;
}

std::string tar_of(const std::vector<File>& files) {
    StringSink sink;
    TarWriter tar(sink);
    for (const File& file : files) {
        REQUIRE(tar.begin(file_line(file.path, file.content.size())));
        REQUIRE(tar.write(file.content));
    }
    REQUIRE(tar.finish());
    return sink.text;
}

std::vector<std::string> members_of(const std::string& input, std::size_t at_once = 70'000) {
    StringSource source(input, at_once);
    MemberCuts cuts(source);
    std::vector<std::string> members;
    std::vector<char> member;
    while (cuts.next(member).value()) members.emplace_back(member.begin(), member.end());
    CHECK(!cuts.next(member).value());
    CHECK(std::accumulate(members.begin(), members.end(), std::string()) == input);
    return members;
}

// How many of `after` are not among `before`.
std::size_t new_members(const std::vector<std::string>& before, const std::vector<std::string>& after) {
    const std::set<std::string> known(before.begin(), before.end());
    return static_cast<std::size_t>(
        std::count_if(after.begin(), after.end(), [&](const std::string& member) { return !known.contains(member); }));
}

class HeldMembers final : public PackedMembers {
public:
    bool find(const Digest& unpacked, std::string& packed) override {
        const std::lock_guard lock(mutex_);
        const auto found = held_.find(unpacked);
        if (found == held_.end()) return false;
        ++hits_;
        packed = found->second;
        return true;
    }
    void note(const Digest& unpacked, std::uint64_t offset, std::string_view packed) override {
        CHECK(offset == end_);
        end_ += packed.size();
        noted_[unpacked] = std::string(packed);
    }
    void begin_next() {
        held_.merge(noted_);
        noted_.clear();
        hits_ = end_ = 0;
    }
    std::size_t hits() const { return hits_; }
    std::size_t noted() const { return noted_.size(); }

private:
    std::mutex mutex_;
    std::map<Digest, std::string> held_, noted_;
    std::size_t hits_ = 0, end_ = 0;
};

std::string gzip(const std::string& input, PackedMembers* known, int threads = 3) {
    StringSource source(input, 100'000);
    StringSink sink;
    REQUIRE(compress(source, Compression::Gzip, sink, threads, known));
    return sink.text;
}

}  // namespace

TEST_CASE("members are all of the input, whatever it is") {
    const std::string tar = tar_of(many_files(400, 20'000));
    CHECK(members_of(tar).size() > 1);
    CHECK(members_of(std::string()).empty());
    std::mt19937_64 random(9);
    for (const std::size_t size : {1UL, 511UL, 512UL, 513UL, 3'000'000UL}) members_of(noise(random, size));
    for (int i = 0; i < 12; ++i) members_of(tar.substr(0, random() % tar.size()));
    for (int i = 0; i < 12; ++i) {
        std::string bent = tar;
        bent[random() % bent.size()] = static_cast<char>(random());
        members_of(bent);
    }
}

TEST_CASE("cuts do not depend on how the input arrives") {
    const std::string tar = tar_of(many_files(400, 30'000));
    const auto once = members_of(tar);
    for (const std::size_t at_once : {7UL, 513UL, 8'000'000UL}) CHECK(members_of(tar, at_once) == once);
}

TEST_CASE("members have about a MiB, also of files that are small or large") {
    for (const auto& [count, most] : {std::pair(3000UL, 10'000UL), std::pair(8'000UL, 1'500UL), std::pair(9UL, 5'000'000UL)}) {
        const std::string tar = tar_of(many_files(count, most));
        const auto members = members_of(tar);
        const std::size_t mean = tar.size() / members.size();
        CHECK(mean > MemberCuts::kUsualBytes / 2);
        CHECK(mean < MemberCuts::kUsualBytes * 2);
        for (const std::string& member : members) CHECK(member.size() <= MemberCuts::kMostBytes + MemberCuts::kUsualBytes + 4096);
    }
}

TEST_CASE("a file that changes moves no cut of others") {
    std::vector<File> files = many_files(3000, 10'000);
    const auto before = members_of(tar_of(files));
    REQUIRE(before.size() > 8);
    std::mt19937_64 random(3);
    for (int i = 0; i < 6; ++i) {
        std::vector<File> changed = files;
        const auto at = static_cast<std::ptrdiff_t>(random() % files.size());
        switch (i % 3) {
            case 0: changed[static_cast<std::size_t>(at)].content = noise(random, random() % 10'000); break;
            case 1: changed.erase(changed.begin() + at); break;
            default: changed.insert(changed.begin() + at, {format("new{}", i), noise(random, 5000)}); break;
        }
        CHECK(new_members(before, members_of(tar_of(changed))) <= 2);
    }
}

TEST_CASE("long names, links and sizes in pax headers belong to their entries") {
    StringSink sink;
    TarWriter tar(sink);
    std::mt19937_64 random(4);
    const std::string content = noise(random, 2000);
    for (int i = 0; i < 3000; ++i) {
        REQUIRE(tar.begin(file_line(std::string(300, 'd') + format("/{}", i), content.size())));
        REQUIRE(tar.write(content));
        REQUIRE(tar.begin(line(format("link{}", i), FileType::Symlink, 0777, std::string(200, 'l'))));
    }
    REQUIRE(tar.finish());
    const auto members = members_of(sink.text);
    CHECK(members.size() > 4);
    // each begins with a header: a pax header, or one of a link, never with content
    for (const std::string& member : members) CHECK(member.substr(257, 5) == "ustar");
}

TEST_CASE("what was packed before is taken as it is, and the bytes are the same") {
    std::vector<File> files = many_files(3000, 10'000);
    HeldMembers members;
    const std::string first = gzip(tar_of(files), &members);
    CHECK(first == gzip(tar_of(files), nullptr, 1));
    const std::size_t all = members.noted();
    CHECK(members.hits() == 0);
    members.begin_next();
    CHECK(first == gzip(tar_of(files), &members));
    CHECK(members.hits() == all);
    files[1000].content = "changed";
    members.begin_next();
    CHECK(gzip(tar_of(files), &members) == gzip(tar_of(files), nullptr));
    CHECK(members.hits() >= all - 2);
    members.begin_next();
    CHECK(gzip("", &members) == gzip("", nullptr));
    CHECK(!gzip("", nullptr).empty());
}
