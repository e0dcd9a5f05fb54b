#include "plans/base/suggest.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace mabplan {

// Levenshtein's distance with neighbours swapped as one edit: the commonest slip of the fingers ("RNU").
std::size_t edit_distance(std::string_view a, std::string_view b) {
    const std::string left = to_lower(a), right = to_lower(b);
    std::vector<std::size_t> before(right.size() + 1), above(right.size() + 1), row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        before = std::exchange(above, row);
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced = above[j] + (left[i] == right[j] ? 0 : 1);
            row[j + 1] = std::min({replaced, above[j + 1] + 1, row[j] + 1});
            const bool swapped = i > 0 && j > 0 && left[i] == right[j - 1] && left[i - 1] == right[j];
            if (swapped) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
        }
    }
    return row.back();
}

std::string nearest_word(std::string_view word, std::span<const std::string> known) {
    constexpr std::size_t kFarthest = 2;  // the peer suggests below a distance of 3
    if (word.size() > 256) return {};
    std::string best;
    std::size_t best_distance = std::min(kFarthest + 1, word.size());
    for (const std::string& candidate : known) {
        if (candidate.size() > word.size() + kFarthest || word.size() > candidate.size() + kFarthest) continue;
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string suggestion(std::string_view word, std::span<const std::string> known) {
    const std::string nearest = nearest_word(word, known);
    return nearest.empty() ? std::string{} : format("did you mean {}?", quoted(nearest));
}

}  // namespace mabplan
