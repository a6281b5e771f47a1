package org.dmabuf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.resv.DmaResv;

/**
 * What can be told of one live buffer, in three lengths.
 *
 * <pre>
 *   statistics   number, size, names                                    of each of a million
 *   info         and its file, fences, devices, holders                 as text: bufinfo
 *   snapshot     and since when and from where                          as data
 * </pre>
 *
 * <p>Takes no lock: each number is as it was at a moment of its own.
 */
final class BufferReport {
  private BufferReport() {}

  static BufferStatistics statistics(BufferObject buffer) {
    return new BufferStatistics(
        buffer.inode(), buffer.size(), buffer.name(), buffer.exporterName());
  }

  /**
   * Returns what bufinfo shows.
   *
   * @param holders the clients that have handles
   * @param devices those attached, with the client of each
   */
  static BufferInfo info(BufferObject buffer, List<String> holders, List<String> devices) {
    List<String> fences = new ArrayList<>();
    for (DmaResv.Entry entry : buffer.resv().entries()) {
      fences.add(entry.usage() + " " + entry.fence().describe());
    }
    DmaBufFile file = buffer.file();
    return new BufferInfo(
        buffer.inode(),
        buffer.size(),
        file.references(),
        file.flags(),
        file.fileMode(),
        buffer.exporterName(),
        buffer.name(),
        Duration.ofNanos(age(buffer, buffer.clock().nanos())),
        buffer.exporter().name(),
        buffer.driver().state().name(),
        fences,
        devices,
        buffer.mappings(),
        holders);
  }

  /**
   * Returns what a snapshot has of it.
   *
   * @param atNanos when the snapshot was begun: a buffer made since is 0 old
   */
  static Snapshot.Buffer snapshot(
      BufferObject buffer,
      long atNanos,
      List<Snapshot.Handle> handles,
      List<Snapshot.Attached> attached) {
    List<Snapshot.Fence> fences = new ArrayList<>();
    for (DmaResv.Entry entry : buffer.resv().entries()) {
      if (!entry.fence().isSignaled()) {
        fences.add(Snapshot.Fence.of(atNanos, entry));
      }
    }
    return new Snapshot.Buffer(
        statistics(buffer),
        buffer.exporter().name(),
        buffer.policy().name(),
        buffer.driver().state().name(),
        buffer.file().references(),
        buffer.mappings(),
        buffer.vmap().users(),
        age(buffer, atNanos),
        handles,
        attached,
        fences);
  }

  private static long age(BufferObject buffer, long atNanos) {
    return Math.max(0, atNanos - buffer.sinceNanos());
  }
}
