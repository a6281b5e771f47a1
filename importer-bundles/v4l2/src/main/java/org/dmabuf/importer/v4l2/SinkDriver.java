package org.dmabuf.importer.v4l2;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.video.node.ControlInfo;
import org.dmabuf.video.node.Controls;
import org.dmabuf.video.node.Frame;
import org.dmabuf.video.node.FrameFormat;
import org.dmabuf.video.node.FrameJob;
import org.dmabuf.video.node.FrameWorker;
import org.dmabuf.video.node.NodeDriver;
import org.dmabuf.video.queue.FrameResult.Outcome;

/**
 * A screen that nobody sees, which records what it is given when it has a file: frame after frame,
 * the rows of each plane without padding.
 *
 * <p>Thread-safe. Kernel counterpart: {@code vivid-kthread-out.c}.
 */
final class SinkDriver implements NodeDriver, AutoCloseable {
  private final Optional<FileChannel> record;

  private SinkDriver(Optional<FileChannel> record) {
    this.record = record;
  }

  /** A sink that records nothing. */
  static SinkDriver silent() {
    return new SinkDriver(Optional.empty());
  }

  /**
   * A sink that records.
   *
   * @param file where to, made or overwritten
   * @throws DmaBufException EIO when it cannot be opened
   */
  static SinkDriver recording(Path file) {
    try {
      return new SinkDriver(
          Optional.of(
              FileChannel.open(
                  file,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.TRUNCATE_EXISTING)));
    } catch (IOException refused) {
      throw new DmaBufException(Errno.EIO, "Frames cannot be recorded to " + file + ": " + refused);
    }
  }

  @Override
  public List<ControlInfo> controls() {
    return Injection.controls();
  }

  @Override
  public FrameWorker worker(Controls controls) {
    return job -> {
      Optional<Outcome> fault = Injection.next(controls);
      if (fault.isEmpty() && job instanceof FrameJob.Output output) {
        record.ifPresent(channel -> write(output.source(), channel));
        return Outcome.DONE;
      }
      return fault.orElse(Outcome.ERROR);
    };
  }

  private static void write(Frame frame, FileChannel channel) {
    for (int part = 0; part < frame.format().parts().size(); part++) {
      FrameFormat.Part place = frame.format().parts().get(part);
      FrameView view = frame.view(part).as(Transfer.VERIFIED);
      long at = frame.offset(part);
      if (place.pitch() == place.rowBytes()) {
        view.writeTo(channel, at, (long) place.pitch() * place.rows());
      } else {
        for (int y = 0; y < place.rows(); y++) {
          view.writeTo(channel, at + (long) y * place.pitch(), place.rowBytes());
        }
      }
    }
  }

  /** Closes the file. */
  @Override
  public void close() {
    if (record.isPresent()) {
      try {
        record.get().close();
      } catch (IOException failed) {
        throw new DmaBufException(Errno.EIO, "A record cannot be closed: " + failed);
      }
    }
  }
}
