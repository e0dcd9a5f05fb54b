// Words as execve(2) takes them. They point into the words, which must stay.
#pragma once

#include <string>
#include <vector>

namespace mabplan::runtime {

inline std::vector<char*> exec_words(const std::vector<std::string>& words) {
    std::vector<char*> list;
    for (const std::string& word : words) list.push_back(const_cast<char*>(word.c_str()));  // nothing is written to them
    list.push_back(nullptr);
    return list;
}

}  // namespace mabplan::runtime
