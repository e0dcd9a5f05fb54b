#include "compiler/lower/layer_times.h"

#include "plans/base/layer_time_range.h"
#include "plans/model/action_key.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace mabplan::compiler {

namespace {

constexpr std::int64_t kHeadroom = 3600;  // seconds between T and a given epoch
constexpr std::int64_t kStride = 60;      // what T moves by
constexpr std::int64_t kRoomForChains = std::int64_t{1} << 24;

// What an action leaves to those that build on it or take files of it.
struct ChainTime {
    std::int64_t base = kEarliestTime;  // T, before it moved
    LayerTime last{kEarliestTime, 0};
};

std::int64_t start_before(std::int64_t epoch) { return epoch >= kHeadroom ? epoch - kHeadroom : std::min<std::int64_t>(epoch, 0); }

// One name on all its platforms: an image of a registry or of a layout, as of one index.
std::pair<std::string, std::string> name_of(const ImageAction& image) {
    return {image.location.address, image.location.index.empty() ? std::string() : image.location.index.text()};
}

class Times {
public:
    Times(Plan& plan, const std::vector<std::optional<std::int64_t>>& given) : plan_(plan), given_(given), chains_(plan.actions.size()) {}

    void settle() {
        for (const Action& action : plan_.actions) note_base(action.work);
        for (std::uint32_t index = 0; index < plan_.actions.size(); ++index) settle_action(index);
        for (mabplan::Target& target : plan_.targets)
            for (mabplan::Cell& cell : target.cells) settle_cell(cell);
    }

private:
    void note_base(const Work& work) {
        const auto* image = std::get_if<ImageAction>(&work);
        if (image == nullptr) return;
        std::int64_t& newest = newest_.try_emplace(name_of(*image), kEarliestTime).first->second;
        newest = std::max(newest, std::min(image->created.value_or(kEarliestTime), kLatestTime - kRoomForChains));
    }

    void settle_action(std::uint32_t index) {
        Action& action = plan_.actions[index];
        if (const auto* image = std::get_if<ImageAction>(&action.work)) {
            const std::int64_t start = newest_[name_of(*image)];
            chains_[index] = {start, {start, 0}};
        } else if (makes_layer(action.work)) {
            chains_[index] = next_on(action.work, given_[index]);
            action.time = chains_[index].last;
            if (auto* run = std::get_if<RunAction>(&action.work)) run->epoch = given_[index].value_or(chains_[index].base);
        }
        action.definition_key = definition_key(plan_, action.work, action.time);
    }

    ChainTime next_on(const Work& work, const std::optional<std::int64_t>& epoch) const {
        const std::optional<ActionId> root = root_of(work);
        const bool continues = root && makes_layer(plan_.action(*root).work);
        ChainTime chain = root ? chains_[root->index] : ChainTime{};
        if (epoch) chain.base = start_before(*epoch);
        if (epoch && !continues) chain.last = {chain.base, 0};
        ++chain.last.place;
        for (const ActionId source : sources_of(work)) move_behind(chain.last, source, epoch);
        if (epoch && chain.last.seconds() > *epoch)
            chain.last = {std::min(chain.last.start, *epoch),
                          static_cast<std::uint32_t>(std::max<std::int64_t>(*epoch - chain.last.start, 0))};
        return chain;
    }

    // Those whose files keep their times.
    std::vector<ActionId> sources_of(const Work& work) const {
        std::vector<ActionId> sources;
        const auto add = [&](const FileOrigin& origin) {
            if (const auto* files = std::get_if<RootFiles>(&origin); files != nullptr && files->root) sources.push_back(*files->root);
        };
        if (const auto* copy = std::get_if<CopyAction>(&work)) {
            for (const CopyPart& part : copy->parts)
                if (part.times == SourceTimes::Keep) add(part.from);
        } else {
            for (const FileOrigin* origin : origins_of(work)) add(*origin);
        }
        return sources;
    }

    // A base that is only copied from is as old as a given epoch allows; what is fetched has the times that its server tells.
    void move_behind(LayerTime& time, ActionId source, const std::optional<std::int64_t>& epoch) const {
        const bool is_image = std::holds_alternative<ImageAction>(plan_.action(source).work);
        if (!makes_layer(plan_.action(source).work) && (epoch || !is_image)) return;
        const LayerTime& last = chains_[source.index].last;
        const std::int64_t strides = last.place / kStride + 1;
        time.start = std::max(time.start, last.start + strides * kStride);
    }

    // With a given epoch all of it is that; else each line is as old as the layer below it.
    void settle_cell(mabplan::Cell& cell) {
        const std::optional<std::int64_t> epoch = cell.created;
        std::int64_t time = epoch.value_or(base_time(cell.root));
        for (HistoryEntry& entry : cell.history) {
            if (!epoch && entry.layer) time = chains_[entry.layer->index].last.seconds();
            entry.created = time;
        }
        if (!epoch && cell.root) time = chains_[cell.root->index].last.seconds();
        cell.created = time;
    }

    // Of the chain, before its own first layer.
    std::int64_t base_time(const std::optional<ActionId>& root) const { return root ? chains_[root->index].base : kEarliestTime; }

    Plan& plan_;
    const std::vector<std::optional<std::int64_t>>& given_;
    std::vector<ChainTime> chains_;
    std::map<std::pair<std::string, std::string>, std::int64_t> newest_;
};

}  // namespace

void settle_times(Plan& plan, const std::vector<std::optional<std::int64_t>>& given) { Times(plan, given).settle(); }

}  // namespace mabplan::compiler
