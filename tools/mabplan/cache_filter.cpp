#include "tools/mabplan/cache_filter.h"

#include "plans/base/format.h"
#include "plans/base/suggest.h"
#include "plans/base/text.h"
#include "plans/oci/platform.h"
#include "tools/mabplan/amounts.h"

#include <algorithm>

namespace mabplan::tools {

namespace {

const std::vector<std::string> kFilterNames{"kind", "type", "target", "platform", "stage", "until", "since", "larger", "smaller", "inuse"};
const std::vector<std::string> kFilterKinds{"result", "mount", "run", "copy", "make-directory", "fetch", "git", "exec.cachemount"};

template <class Value>
bool is_asked(const std::set<Value>& asked, const Value& value) {
    return asked.empty() || asked.contains(value);
}

}  // namespace

Status CacheFilter::add(const std::string& word, std::int64_t now, const Platform& host) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals), value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (equals == std::string::npos || value.empty())
        return fail(ErrorKind::Input, format("--filter {}: expected NAME=VALUE", quoted(word)),
                    format("names: {}", join(kFilterNames, ", ")));
    const auto age = [&](std::optional<std::int64_t>& time) -> Status {
        MABPLAN_TRY(seconds, parse_age(value));
        time = now - seconds;
        return {};
    };
    const auto amount = [&](std::optional<std::uint64_t>& bytes) -> Status {
        MABPLAN_TRY(size, parse_amount(format("--filter {}", name), value));
        bytes = size;
        return {};
    };
    if (name == "until") return age(until_);
    if (name == "since") return age(since_);
    if (name == "larger") return amount(larger_);
    if (name == "smaller") return amount(smaller_);
    if (name == "target") targets_.insert(value);
    else if (name == "stage") stages_.insert(value);
    else if (name == "platform") {
        MABPLAN_TRY(platform, value == "local" ? Result<Platform>(host) : parse_platform(value, host));
        platforms_.insert(format_platform(normalize_platform(platform)));
    } else if (name == "inuse") {
        const auto truth = parse_truth(value);
        if (!truth) return fail(ErrorKind::Input, format("--filter inuse={}: expected true or false", quoted(value)));
        in_use_ = *truth;
    } else if (name == "kind" || name == "type") {
        if (std::find(kFilterKinds.begin(), kFilterKinds.end(), value) == kFilterKinds.end())
            return fail(ErrorKind::Input, format("--filter {}={}: no such kind", name, quoted(value)),
                        format("kinds: {}", join(kFilterKinds, ", ")));
        kinds_.insert(value == "exec.cachemount" ? "mount" : value);
    } else {
        const std::string meant = suggestion(name, kFilterNames);
        return fail(ErrorKind::Input, format("--filter {} is not known", quoted(name)),
                    meant.empty() ? format("names: {}", join(kFilterNames, ", ")) : meant);
    }
    return {};
}

Result<CacheFilter> CacheFilter::parse(const std::vector<std::string>& words, std::int64_t now, const Platform& host) {
    CacheFilter filter;
    for (const std::string& word : words) MABPLAN_CHECK(filter.add(word, now, host));
    return filter;
}

bool CacheFilter::fits_instructions(const Filtered& thing) const {
    if (targets_.empty() && platforms_.empty() && stages_.empty()) return true;
    if (thing.platform && targets_.empty() && stages_.empty()) return is_asked(platforms_, *thing.platform);
    return std::any_of(thing.instructions.begin(), thing.instructions.end(), [&](const InstructionId& id) {
        return is_asked(targets_, id.target) && is_asked(stages_, id.stage) &&
               is_asked(platforms_, format_platform(normalize_platform(id.platform)));
    });
}

bool CacheFilter::fits(const Filtered& thing) const {
    const bool kind_fits = kinds_.empty() || std::any_of(thing.kinds.begin(), thing.kinds.end(),
                                                         [&](const std::string& kind) { return kinds_.contains(kind); });
    return kind_fits && fits_instructions(thing) && (!until_ || thing.used < *until_) && (!since_ || thing.used >= *since_) &&
           (!larger_ || thing.bytes > *larger_) && (!smaller_ || thing.bytes < *smaller_) && (!in_use_ || thing.in_use == *in_use_);
}

}  // namespace mabplan::tools
