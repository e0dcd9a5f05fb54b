#include "runtime/context/digest_records.h"

#include <algorithm>
#include <bit>

namespace mabplan::runtime {

std::size_t DigestRecords::slot_of(std::uint64_t device, std::uint64_t inode) const {
    const std::uint64_t mixed = (inode + device * 0x9e3779b97f4a7c15U) * 0xff51afd7ed558ccdU;
    std::size_t slot = static_cast<std::size_t>(mixed >> 32) & (slots_.size() - 1);
    for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
        const DigestRecord& record = records_[slots_[slot] - 1];
        if (record.inode == inode && record.device == device) break;
    }
    return slot;
}

void DigestRecords::index_all(std::size_t count) {
    slots_.assign(std::bit_ceil(std::max<std::size_t>(count, 64) * 2), 0);
    for (std::size_t i = 0; i < records_.size(); ++i)
        slots_[slot_of(records_[i].device, records_[i].inode)] = static_cast<std::uint32_t>(i + 1);
}

DigestRecord* DigestRecords::find(std::uint64_t device, std::uint64_t inode) {
    if (slots_.empty()) return nullptr;
    const std::uint32_t found = slots_[slot_of(device, inode)];
    return found == 0 ? nullptr : &records_[found - 1];
}

void DigestRecords::put(DigestRecord record, const Xattrs& xattrs) {
    record.attributes = append_attributes(attributes_, xattrs);
    if (DigestRecord* known = find(record.device, record.inode)) {
        *known = record;
        return;
    }
    records_.push_back(record);
    if (records_.size() * 2 > slots_.size()) index_all(records_.size());
    else slots_[slot_of(record.device, record.inode)] = static_cast<std::uint32_t>(records_.size());
}

void DigestRecords::renumber(std::uint32_t from, std::uint32_t to) {
    for (DigestRecord& record : records_)
        if (record.generation == from) record.generation = to;
}

void DigestRecords::keep_latest(std::size_t count) {
    if (records_.size() <= count) return;
    const auto later = [](const DigestRecord& a, const DigestRecord& b) { return a.generation > b.generation; };
    std::nth_element(records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(count), records_.end(), later);
    records_.resize(count);
    index_all(records_.size());
}

}  // namespace mabplan::runtime
