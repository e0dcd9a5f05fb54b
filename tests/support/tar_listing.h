// A tar read back: its entries in their order, with their contents.
#pragma once

#include "runtime/layer/tar_reader.h"
#include "tests/support/layer_builder.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace mabplan::tests {

struct ListedTarEntry {
    runtime::TarEntry entry;
    std::string content;
};

inline std::vector<ListedTarEntry> list_tar(std::string tar) {
    StringSource source(std::move(tar));
    runtime::TarReader reader(source);
    std::vector<ListedTarEntry> listed;
    for (;;) {
        auto entry = reader.next();
        if (!entry) throw std::runtime_error(entry.error().message);
        if (!*entry) return listed;
        std::string content;
        for (;;) {
            const auto block = reader.read();
            if (!block) throw std::runtime_error(block.error().message);
            if (!*block) break;
            content.resize((*block)->offset, '\0');
            content += (*block)->bytes;
        }
        listed.push_back({**std::move(entry), std::move(content)});
    }
}

inline std::vector<std::string> names_of(const std::vector<ListedTarEntry>& listed) {
    std::vector<std::string> names;
    for (const ListedTarEntry& one : listed) names.push_back(one.entry.path);
    return names;
}

}  // namespace mabplan::tests
