package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.Optional;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFile;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.WaitQueue;
import org.dmabuf.video.queue.FileIo;
import org.dmabuf.video.queue.VideoQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open video device.
 *
 * <pre>
 *   OPEN --last descriptor closed--> CLOSED      what it owns of the queues is given up
 * </pre>
 *
 * <p>Frames can be read and written as a file, too, as long as nobody has asked for buffers: the
 * first read, write or poll begins that, and then the other calls get EBUSY. Thread-safe. Kernel
 * counterpart: {@code struct v4l2_fh}, {@code vb2_fop_poll()}.
 */
final class NodeFile extends OpenFile {
  private enum Life {
    OPEN,
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(NodeFile.class);

  private final VideoNode node;
  private final NodeContext context;
  private final NodeRequests requests;
  private final EventQueue events = new EventQueue();
  private volatile Runnable listener;
  private volatile Life life = Life.OPEN;

  NodeFile(VideoNode node, NodeContext context, int flags) {
    super(flags);
    this.node = node;
    this.context = context;
    this.requests = new NodeRequests(context, this);
  }

  EventQueue events() {
    return events;
  }

  /**
   * Sets whom to tell that there may be something to dequeue, or an end of that.
   *
   * @param told called on the device's thread, or that of who ends it, with no lock held; must be
   *     short; null for nobody
   */
  void setListener(Runnable told) {
    listener = told;
    if (life == Life.CLOSED) {
      listener = null;
    }
  }

  /** There may be something. */
  void tell() {
    Runnable now = listener;
    if (now == null) {
      return;
    }
    try {
      now.run();
    } catch (RuntimeException | LinkageError failed) {
      LOG.warn("A listener of video device {} failed: {}", node.name(), failed.toString());
    }
  }

  boolean waits() {
    return (flags() & OpenFlags.O_NONBLOCK) == 0;
  }

  @Override
  public String describe() {
    return "video device " + node.name();
  }

  @Override
  protected WaitQueue waitQueue() {
    return context.waiters();
  }

  @Override
  protected int ioctl(FileTable caller, int request, MemorySegment argument) {
    if (!requests.isOurs(request)) {
      return super.ioctl(caller, request, argument);
    }
    boolean entered = node.tryEnter();
    try {
      if (!entered && !requests.outlivesTheDriver(request)) {
        throw node.gone("asked");
      }
      requests.call(caller, request, argument);
      return 0;
    } finally {
      if (entered) {
        node.exit();
      }
    }
  }

  @Override
  protected CpuMapping mmap(FileTable caller, long offset, long length, int protection, int flags) {
    node.enter("mapped");
    try {
      VideoQueue owner =
          context.queues().stream()
              .filter(queue -> offset >= queue.mapping().firstOffset())
              .max(Comparator.comparingLong(queue -> queue.mapping().firstOffset()))
              .orElseThrow();
      return owner.mapping().mmap(offset, length, protection, flags);
    } finally {
      node.exit();
    }
  }

  @Override
  protected long read(MemorySegment to) {
    return files(false, "read").read(to, this, waits());
  }

  @Override
  protected long write(MemorySegment from) {
    return files(true, "written").write(from, this, waits());
  }

  /** The queue as a file; EINVAL for a device that does not go that way, or a converter. */
  private FileIo files(boolean output, String what) {
    Optional<VideoQueue> queue = context.queue(output);
    if (queue.isEmpty() || context.info().role() == NodeRole.CONVERTER) {
      throw context.error(Errno.EINVAL, "cannot be %s", what);
    }
    node.enter(what);
    try {
      long[] sizes = context.format(queue.get().type()).sizes();
      queue.get().files().begin(this, sizes, context.registry().files().account());
      return queue.get().files();
    } finally {
      node.exit();
    }
  }

  @Override
  protected boolean isPollable() {
    return true;
  }

  @Override
  protected int poll(int asked) {
    int ready = events.size() > 0 ? asked & PollEvents.POLLPRI : 0;
    for (VideoQueue queue : context.queues()) {
      ready |= poll(queue, asked);
    }
    return ready;
  }

  private int poll(VideoQueue queue, int asked) {
    boolean output = queue.type().isOutput();
    boolean ours = (asked & (output ? PollEvents.POLLOUT : PollEvents.POLLIN)) != 0;
    if (!ours || queue.count() != 0 || context.info().role() == NodeRole.CONVERTER) {
      return queue.poll(asked);
    }
    try {
      files(output, "polled");
      return queue.poll(asked);
    } catch (DmaBufException cannot) {
      return PollEvents.POLLERR;
    }
  }

  /** It was not opened after all. */
  void forget() {
    node.closed(this, context);
  }

  @Override
  protected void released() {
    life = Life.CLOSED;
    listener = null;
    events.unsubscribeAll();
    node.closed(this, context);
  }
}
