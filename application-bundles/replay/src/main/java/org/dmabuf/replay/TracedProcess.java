package org.dmabuf.replay;

import java.util.Optional;
import org.dmabuf.file.FileStatus;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.PseudoFs;
import org.dmabuf.memory.MemoryAccount;

/**
 * The process of one scenario: descriptors and names of its own, gone with it. The devices are the
 * product's.
 *
 * <p>Used by one thread at a time.
 */
final class TracedProcess implements AutoCloseable {
  private final Devices devices;
  private final FileTable files;
  private final Names names = new Names();
  private final Pause pause;
  private final boolean counts;
  private final VideoFormats formats;

  TracedProcess(Devices devices, Scenario scenario) {
    this.devices = devices;
    this.files = table(scenario.name());
    this.pause = new Pause(devices.registry());
    this.formats = new VideoFormats(devices.nodes());
    this.counts = !scenario.opensDevices();
  }

  private FileTable table(String process) {
    return new FileTable(
        process,
        new MemoryAccount(process),
        FileTable.DEFAULT_LIMIT,
        devices.registry().pageSize(),
        devices.registry().clock());
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

  /** Returns the time that the scenario lets pass. */
  Pause pause() {
    return pause;
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
    FileStatus status = files.stat(descriptor);
    if (status.fileSystem() != PseudoFs.DMABUF) {
      return Answer.ok();
    }
    return names
        .firstOf(status.inode(), name)
        .map(first -> Answer.ok().with("same_as", first))
        .orElseGet(Answer::ok);
  }

  /** Binds a handle of an object, and observes whether it is one that is bound already. */
  Answer boundObject(Arguments arguments, int device, int handle) {
    if (arguments.as().isEmpty()) {
      return Answer.ok();
    }
    Optional<String> first = names.firstOfHandle(device, handle);
    names.bindHandle(arguments.as().get(), device, handle);
    return first.map(name -> Answer.ok().with("same_as", name)).orElseGet(Answer::ok);
  }

  /** Binds the descriptor of a device that was opened by name. */
  Answer opened(Arguments arguments, String node, int descriptor) {
    names.opened(descriptor);
    formats.opened(files, node, descriptor);
    return bound(arguments, descriptor);
  }

  /** Closes and unmaps what the scenario left, and sets back what it has set of devices. */
  @Override
  public void close() {
    files.close();
    try (FileTable after = table("after")) {
      formats.restore(after);
    }
  }
}
