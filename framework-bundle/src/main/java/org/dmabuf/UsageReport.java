package org.dmabuf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.fence.OpenContext;
import org.dmabuf.limit.Limit;
import org.dmabuf.limit.Quota;
import org.dmabuf.limit.UsageTree;
import org.dmabuf.limit.UsageTree.Level;

/** Makes the tree of usage out of the books, without a lock. */
final class UsageReport {
  private final DmaBufCore core;

  UsageReport(DmaBufCore core) {
    this.core = core;
  }

  UsageTree tree() {
    Map<Long, List<String>> holders = new HashMap<>();
    List<Client> clients = new ArrayList<>(core.inventory().clients());
    clients.sort(Comparator.comparing(Client::name));
    for (Client client : clients) {
      for (Long inode : client.books().handles().keySet()) {
        holders.computeIfAbsent(inode, first -> new ArrayList<>(2)).add(client.name());
      }
    }
    Map<Client, List<UsageTree.Buffer>> exported = new HashMap<>();
    clients.forEach(client -> exported.put(client, new ArrayList<>()));
    List<UsageTree.Buffer> adopted = new ArrayList<>();
    for (BufferObject buffer : core.inventory().buffers()) {
      exported
          .getOrDefault(buffer.exporter(), adopted)
          .add(report(buffer, holders.getOrDefault(buffer.inode(), List.of())));
    }
    List<UsageTree.Bundle> bundles = new ArrayList<>();
    Map<Limit, Level> all = new EnumMap<>(Limit.class);
    for (Client client : clients) {
      Map<Limit, Level> levels = levels(client);
      levels.forEach((limit, level) -> all.merge(limit, level, UsageReport::sum));
      bundles.add(new UsageTree.Bundle(client.name(), levels, exported.get(client)));
    }
    // What has outlived its bundle is charged on: to the product alone.
    all.put(Limit.BYTES, new Level(core.memory().used(), core.pool().limit()));
    all.put(Limit.BUFFERS, new Level(core.inventory().size(), 0));
    return new UsageTree(core.clock().nanos(), all, bundles, adopted);
  }

  private static Map<Limit, Level> levels(Client client) {
    ClientQuotas quotas = client.quotas();
    long pending = client.books().contexts().stream().mapToLong(OpenContext::pending).sum();
    Map<Limit, Level> levels = new EnumMap<>(Limit.class);
    levels.put(Limit.BYTES, new Level(quotas.account().used(), quotas.account().max()));
    levels.put(Limit.BUFFERS, level(quotas.buffers()));
    levels.put(Limit.FILES, level(quotas.files()));
    levels.put(Limit.FENCES, new Level(pending, quotas.fences().most()));
    levels.put(Limit.PINNED, level(quotas.pinned()));
    return levels;
  }

  private static Level level(Quota quota) {
    return new Level(quota.used(), quota.most());
  }

  /** The product has no limit but that of its memory. */
  private static Level sum(Level one, Level other) {
    return new Level(one.used() + other.used(), 0);
  }

  private static UsageTree.Buffer report(BufferObject buffer, List<String> holders) {
    return new UsageTree.Buffer(
        buffer.inode(),
        buffer.size(),
        buffer.exporterName(),
        buffer.name(),
        buffer.driver().state().name(),
        buffer.file().references(),
        holders);
  }
}
