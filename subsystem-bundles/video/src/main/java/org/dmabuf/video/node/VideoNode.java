package org.dmabuf.video.node;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.QueueMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running video device: everything but what its {@link NodeDriver} does. A driver's component
 * makes it, registers it as {@link DeviceNode}, and closes it on deactivation. Programs open it by
 * its name and use {@link V4l2Ioctl}, Java code {@link V4l2Client}.
 *
 * <pre>
 *   HERE --close()--> GONE   streams ended, fences completed, buffers given up, the driver
 *                            forgotten; files that are open answer ENODEV
 *     ^                  |
 *     +-- its successor <+   of the same name: formats, controls, sequence numbers, counters
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct video_device}, {@code
 * video_unregister_device()}.
 */
public final class VideoNode implements DeviceNode, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VideoNode.class);
  private static final long CALL_SECONDS = 5;

  private final DmaBufRegistry registry;
  private final VideoNodeInfo info;
  private final QueueMemory memory;
  private final ConverterThreads threads;
  private final NodeHandover handover;
  private final LongAdder frames = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final Set<NodeContext> contexts = ConcurrentHashMap.newKeySet();
  private final NodeContext shared; // null for a converter
  // One party is the driver's end, the others are calls that are inside.
  private final Phaser inside = new Phaser(1);
  private final AtomicBoolean gone = new AtomicBoolean();
  private volatile NodeDriver driver;

  /**
   * Makes a device.
   *
   * @param registry the driver's, never null
   * @param info what it is, never null
   * @param memory where its buffers come from, never null
   * @param driver the driver, forgotten by {@link #close}; never null
   * @throws DmaBufException ENODEV when the driver's bundle is leaving
   */
  public VideoNode(
      DmaBufRegistry registry, VideoNodeInfo info, QueueMemory memory, NodeDriver driver) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.info = Objects.requireNonNull(info, "info");
    this.memory = Objects.requireNonNull(memory, "memory");
    this.driver = Objects.requireNonNull(driver, "driver");
    boolean converts = info.role() == NodeRole.CONVERTER;
    this.threads = converts ? new ConverterThreads(info.name(), registry.threads()) : null;
    this.handover = NodeHandover.begin(registry, info.name());
    this.frames.add(handover.counted().frames());
    this.errors.add(handover.counted().errors());
    this.shared = converts ? null : context("");
  }

  private NodeContext context(String program) {
    NodeDriver now = driver;
    if (now == null) {
      throw gone("opened");
    }
    NodeContext context = new NodeContext(this, now, memory, program, handover.next(program));
    contexts.add(context);
    return context;
  }

  @Override
  public String name() {
    return info.name();
  }

  /** Tells that a driver that had nothing yet may have something now. Never blocks. */
  public void kick() {
    contexts.forEach(NodeContext::kick);
  }

  /** Returns whether its driver has left. */
  public boolean isGone() {
    return gone.get();
  }

  /** Returns how many frames it and its predecessors have done, never null. */
  public FrameCounters counters() {
    return new FrameCounters(frames.sum(), errors.sum());
  }

  /** Returns what it is, never null. */
  public VideoNodeInfo info() {
    return info;
  }

  @Override
  public int open(FileTable caller, int flags) {
    enter("opened");
    try {
      NodeContext context = shared == null ? context(caller.owner()) : shared;
      NodeFile file = new NodeFile(this, context, flags);
      context.add(file);
      try {
        return caller.install(file, (flags & OpenFlags.O_CLOEXEC) != 0);
      } catch (DmaBufException full) {
        file.forget();
        throw full;
      }
    } finally {
      exit();
    }
  }

  /**
   * Takes the device away from its driver. When this returns, the driver is not called any more,
   * and the next device of this name goes on where this one was: with the formats, controls and
   * rate that programs have set, the sequence numbers of streams that this has ended, and the
   * counters. Idempotent.
   */
  @Override
  public void close() {
    if (!gone.compareAndSet(false, true)) {
      return;
    }
    List<ContextState> left = contexts.stream().map(NodeContext::leave).toList();
    awaitNobodyInside();
    if (threads != null) {
      threads.close();
    }
    contexts.clear();
    driver = null;
    handover.leave(counters(), left);
  }

  private void awaitNobodyInside() {
    try {
      inside.awaitAdvanceInterruptibly(
          inside.arriveAndDeregister(), CALL_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      LOG.error("Video device {} ends with a call still inside", name());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "video device " + name();
  }

  // ---- For its contexts and files ----

  DmaBufRegistry registry() {
    return registry;
  }

  ConverterThreads converterThreads() {
    return threads;
  }

  /** A file is closed. */
  void closed(NodeFile file, NodeContext context) {
    context.remove(file);
    context.release(file);
    if (context != shared && contexts.remove(context)) {
      context.leave();
    }
  }

  /** Begins a call; ENODEV when the driver has gone. Who entered exits. */
  void enter(String what) {
    if (!tryEnter()) {
      throw gone(what);
    }
  }

  /** Begins a call, unless the driver has gone; returns whether it did. */
  boolean tryEnter() {
    if (gone.get() || inside.register() < 0) {
      return false;
    }
    if (gone.get()) {
      exit();
      return false;
    }
    return true;
  }

  /** A frame is done. */
  void count(Outcome outcome) {
    switch (outcome) {
      case DONE -> frames.increment();
      case ERROR, ERROR_LAST, BROKEN -> errors.increment();
      case LAST, NOT_YET -> {
        // no frame
      }
    }
  }

  /** Has the driver refuse a format. */
  void check(FrameFormat asked) {
    NodeDriver now = driver;
    if (now != null) {
      now.check(asked);
    }
  }

  void exit() {
    inside.arriveAndDeregister();
  }

  DmaBufException gone(String what) {
    return new DmaBufException(
        Errno.ENODEV, this + " was " + what + " after it had gone; open its successor");
  }
}
