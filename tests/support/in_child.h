// Runs a scenario in a process of its own: what enters a user namespace does so for good. What it returns comes back as text.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

namespace mabplan::tests {

inline void write_whole(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(fd, text.data(), text.size());
        if (count <= 0) ::_exit(1);
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

inline std::string read_to_end(int fd) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = ::read(fd, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    return text;
}

// What the scenario returned; what it threw; or how its process ended, if not by itself.
inline std::string in_child(const std::function<std::string()>& scenario) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        try {
            write_whole(ends[1], scenario());
        } catch (const std::exception& thrown) {
            write_whole(ends[1], std::string("threw: ") + thrown.what());
        }
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text = read_to_end(ends[0]);
    ::close(ends[0]);
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0) text += "\nits process ended with " + std::to_string(status);
    return text;
}

}  // namespace mabplan::tests
