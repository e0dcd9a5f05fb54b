// Hides values of secrets in what a step prints: whole values, and lines of them that are long enough to be told from other text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mabplan::runtime {

class SecretMask {
public:
    static constexpr std::string_view kMask = "***";
    static constexpr std::size_t kShortest = 4;  // bytes; what is shorter stands in too many other texts

    explicit SecretMask(const std::vector<std::string>& values);

    // What may be shown after the next bytes of a stream. What may be the beginning of a value waits for what follows.
    std::string pass(int stream, std::string_view bytes);
    // What is left of all streams when they have ended.
    std::string rest();

private:
    enum class End { Open, Closed };
    void hide(std::string_view text);
    std::string show(std::string_view& text, End end) const;
    std::size_t find_first(std::string_view text, std::size_t& length) const;
    std::size_t count_waiting(std::string_view text) const;

    std::vector<std::string> hidden_;  // the longest first
    std::map<int, std::string> waiting_;
};

}  // namespace mabplan::runtime
