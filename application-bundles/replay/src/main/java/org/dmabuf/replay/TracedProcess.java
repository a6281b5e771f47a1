package org.dmabuf.replay;

import java.util.OptionalLong;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.memory.MemoryAccount;

/**
 * The process of one scenario: descriptors and names of its own, gone with it. The devices are the
 * product's.
 *
 * <p>Used by one thread at a time.
 */
final class TracedProcess implements AutoCloseable {
  private final DmaBufRegistry registry;
  private final Devices devices;
  private final FileTable files;
  private final Names names = new Names();
  private final boolean counts;

  TracedProcess(DmaBufRegistry registry, Devices devices, Scenario scenario) {
    this.registry = registry;
    this.devices = devices;
    this.files =
        new FileTable(
            scenario.name(),
            new MemoryAccount(scenario.name()),
            FileTable.DEFAULT_LIMIT,
            registry.pageSize(),
            registry.clock());
    this.counts = !scenario.opensDevices();
  }

  FileTable files() {
    return files;
  }

  Devices devices() {
    return devices;
  }

  Names names() {
    return names;
  }

  /** Returns whether references are observed, as the recorder did where no device took part. */
  boolean observesCounts() {
    return counts;
  }

  /** Binds a new descriptor, and observes whether its buffer is one that was bound before. */
  Answer bound(Arguments arguments, int descriptor) {
    if (arguments.as().isEmpty()) {
      return Answer.ok();
    }
    String name = arguments.as().get();
    names.bind(name, descriptor);
    OptionalLong inode = inode(descriptor);
    if (inode.isEmpty()) {
      return Answer.ok();
    }
    return names
        .firstOf(inode.getAsLong(), name)
        .map(first -> Answer.ok().with("same_as", first))
        .orElseGet(Answer::ok);
  }

  /**
   * Returns the buffer's number, by which the recorder told buffers apart; none for other files.
   */
  private OptionalLong inode(int descriptor) {
    try (DmaBuf buffer = registry.get(files, descriptor)) {
      return OptionalLong.of(buffer.inode());
    } catch (DmaBufException other) {
      if (other.errno() == Errno.EINVAL) {
        return OptionalLong.empty();
      }
      throw other;
    }
  }

  /** Closes and unmaps what the scenario left. */
  @Override
  public void close() {
    files.close();
  }
}
