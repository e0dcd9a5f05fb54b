// Records to look at: results by name with all that a result has, files of a few hundred pages, and processes that write.
#pragma once

#include "plans/base/format.h"
#include "runtime/store/records.h"
#include "runtime/sys/file.h"
#include "tests/support/in_child.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

namespace mabplan::tests {

inline const InstructionId kInstruction{"app", "build", {"linux", "arm64", {}, {}, {}}, "run", 1};

inline runtime::ResultKey key_of(const std::string& name) {
    return {Digest::of(name), runtime::KeyKind::Definition, {kInstruction}, [name] {
                const std::string more(name.starts_with("7 of") ? 9000 : 0, 'y');  // goes on in pages of its own
                return runtime::Explanation{{{"argv[0]", name + more}}, "Dockerfile:1 RUN " + name};
            }};
}
inline runtime::ActionResult result_of(const std::string& name) {
    runtime::ActionResult result;
    result.diff_id = Digest::of("layer of " + name);
    result.bytes = name.size();
    result.left_out = {{"/var/log/" + name, "log"}};
    return result;
}

inline Status put(runtime::Records& records, const std::string& name) { return records.put(key_of(name), result_of(name)); }
// Nothing is lost, and nothing of another.
inline bool has(runtime::Records& records, const std::string& name) {
    const auto found = records.find(key_of(name));
    return found && *found && **found == result_of(name);
}

// Names of results that one writer puts.
inline std::string name_of(int writer, int number) { return format("{} of {}", number, writer); }

// A child that puts so many results and says "x" after each; its end closes the pipe.
struct Writer {
    pid_t pid = -1;
    int said = -1;
};
inline Writer start_writer(const std::string& path, int writer, int count) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto records = runtime::Records::open(path);
        bool good = records.has_value();
        for (int i = 0; good && i < count; ++i) {
            good = put(**records, name_of(writer, i)).has_value();
            if (good) write_whole(ends[1], "x");
        }
        ::_exit(good ? 0 : 1);
    }
    ::close(ends[1]);
    return {child, ends[0]};
}

// Waits for their ends: each has put all of its results.
inline void finish(const std::vector<Writer>& writers, std::size_t count) {
    for (const Writer& writer : writers) {
        CHECK(read_to_end(writer.said).size() == count);
        ::close(writer.said);
        int status = 0;
        REQUIRE(::waitpid(writer.pid, &status, 0) == writer.pid);
        CHECK(status == 0);
    }
}

// A few hundred pages of records.
inline void fill(const std::string& path) {
    const auto records = runtime::Records::open(path);
    REQUIRE(records);
    for (int i = 0; i < 300; ++i) REQUIRE(put(**records, name_of(0, i)));
}

}  // namespace mabplan::tests
