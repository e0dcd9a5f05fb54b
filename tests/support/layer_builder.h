// Layers for tests: entries in a line each, and their tar.
#pragma once

#include "runtime/layer/tar_writer.h"
#include "runtime/layer/tree_layer.h"
#include "runtime/sys/byte_stream.h"

#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mabplan::tests {

class StringSink final : public runtime::ByteSink {
public:
    Status write(std::string_view bytes) override {
        text += bytes;
        return {};
    }
    std::string text;
};

class StringSource final : public runtime::ByteSource {
public:
    explicit StringSource(std::string text, std::size_t most = 1000) : text_(std::move(text)), most_(most) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        const std::size_t count = std::min({buffer.size(), most_, text_.size() - at_});
        std::memcpy(buffer.data(), text_.data() + at_, count);
        at_ += count;
        return count;
    }

private:
    std::string text_;
    std::size_t most_;  // bytes at once
    std::size_t at_ = 0;
};

inline runtime::LayerEntry line(std::string path, FileType type, std::uint32_t mode = 0644, std::string link_target = {}) {
    runtime::LayerEntry entry;
    entry.path = std::move(path);
    entry.entry.type = type;
    entry.entry.mode = mode;
    entry.entry.link_target = std::move(link_target);
    entry.entry.mtime_s = 1000;
    return entry;
}
inline runtime::LayerEntry file_line(std::string path, std::size_t size, std::uint32_t mode = 0644) {
    runtime::LayerEntry entry = line(std::move(path), FileType::File, mode);
    entry.entry.size = size;
    return entry;
}
inline runtime::LayerEntry folder_line(std::string path, std::uint32_t mode = 0755) {
    return line(std::move(path), FileType::Directory, mode);
}
// A character device; 0:0 would be no device but a whiteout.
inline runtime::LayerEntry device_line(std::string path, std::uint64_t major, std::uint64_t minor) {
    runtime::LayerEntry entry = line(std::move(path), FileType::CharDevice, 0666);
    entry.entry.device = major << 32U | minor;
    return entry;
}
inline runtime::LayerEntry mark_line(std::string path, runtime::LayerMark mark) {
    runtime::LayerEntry entry = line(std::move(path), FileType::File, 0);
    entry.mark = mark;
    return entry;
}
inline runtime::LayerEntry hard_link_line(std::string path, std::string target) {
    runtime::LayerEntry entry = line(std::move(path), FileType::File);
    entry.hardlink = std::move(target);
    return entry;
}

struct Content {
    runtime::LayerEntry entry;
    std::string bytes{};
};

// The tar of entries in the order given, whatever they are: also what no tool of ours would write.
inline std::string tar_of(const std::vector<Content>& contents) {
    StringSink sink;
    runtime::TarWriter tar(sink);
    for (Content content : contents) {
        if (content.entry.mark == runtime::LayerMark::None && content.entry.hardlink.empty() && content.entry.entry.type == FileType::File)
            content.entry.entry.size = content.bytes.size();
        if (Status begun = tar.begin(content.entry); !begun) throw std::runtime_error(begun.error().message);
        if (Status written = tar.write(content.bytes); !written) throw std::runtime_error(written.error().message);
    }
    if (!tar.finish()) throw std::runtime_error("the tar is not finished");
    return sink.text;
}

}  // namespace mabplan::tests
