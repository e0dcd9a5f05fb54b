// Layers as folders in overlay form, made entry by entry, and a cache beside them.
#pragma once

#include "plans/base/text.h"
#include "runtime/layer/upper_entry.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>

namespace mabplan::tests {

inline constexpr std::int64_t kSecond = 1'000'000'000;

inline void set_mtime(const std::string& path, std::int64_t time_ns) {
    const std::array<timespec, 2> times{{{0, UTIME_OMIT}, {time_ns / kSecond, static_cast<long>(time_ns % kSecond)}}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0);
}

inline std::int64_t mtime(const std::string& path) {
    struct stat facts {};
    REQUIRE(::lstat(path.c_str(), &facts) == 0);
    return std::int64_t{facts.st_mtim.tv_sec} * kSecond + facts.st_mtim.tv_nsec;
}

class LayerOnDisk {
public:
    LayerOnDisk(const TemporaryDirectory& folder, const std::string& name) : fs(folder / (name + "/fs")) {
        REQUIRE(runtime::make_directories(fs));
    }

    LayerOnDisk& file(const std::string& path, const std::string& content, std::int64_t time_ns = 100 * kSecond) {
        make_parents(path);
        REQUIRE(runtime::write_file(fs + "/" + path, content, 0644, runtime::Durability::Cached));
        set_mtime(fs + "/" + path, time_ns);
        return *this;
    }
    LayerOnDisk& link(const std::string& path, const std::string& target) {
        make_parents(path);
        REQUIRE(::symlink(target.c_str(), (fs + "/" + path).c_str()) == 0);
        set_mtime(fs + "/" + path, 100 * kSecond);
        return *this;
    }
    LayerOnDisk& whiteout(const std::string& path) {
        make_parents(path);
        REQUIRE(::mknod((fs + "/" + path).c_str(), S_IFCHR, ::makedev(0, 0)) == 0);
        return *this;
    }
    LayerOnDisk& folder(const std::string& path, const char* mark = nullptr) {
        REQUIRE(runtime::make_directories(fs + "/" + path));
        if (mark != nullptr) REQUIRE(::setxattr((fs + "/" + path).c_str(), mark, "y", 1, 0) == 0);
        return *this;
    }

    std::string fs;

private:
    void make_parents(const std::string& path) { REQUIRE(runtime::make_directories(join_path(fs, parent_path(path)))); }
};

}  // namespace mabplan::tests
