package org.dmabuf.video.node;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.WaitQueue;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueMemory;
import org.dmabuf.video.queue.QueueType;
import org.dmabuf.video.queue.QueueWork;
import org.dmabuf.video.queue.VideoQueue;
import org.dmabuf.video.queue.VideoQueue.Timestamps;

/**
 * Queues, formats and controls that open files have together: all of a device that captures or
 * shows, or one of a device that converts.
 *
 * <pre>
 *   capture, output   file, file, file ---> context: one queue
 *   converter         file ---> context: a queue of what goes in, a queue of what comes out
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct video_device}, {@code struct v4l2_m2m_ctx}.
 */
final class NodeContext {
  /** Where what comes out is mapped in a converter's file: {@code DST_QUEUE_OFF_BASE}. */
  private static final long SECOND_QUEUE = 1L << 30;

  private final VideoNode node;
  private final String program;
  private final WaitQueue waiters = new WaitQueue();
  private final Map<QueueType, VideoQueue> queues = new EnumMap<>(QueueType.class);
  private final ContextFormats formats;
  private final Controls controls;
  private final List<NodeFile> files = new CopyOnWriteArrayList<>();
  private final List<ConverterEngine> converters = new ArrayList<>();
  private final List<FrameStep> steps = new ArrayList<>();
  private final List<FrameEngine> engines = new ArrayList<>();
  private volatile long periodNanos;

  /**
   * Makes a context.
   *
   * @param program whose file it is; empty for one that all files have together
   * @param taken what it begins with
   */
  NodeContext(
      VideoNode node, NodeDriver driver, QueueMemory memory, String program, ContextState taken) {
    this.node = node;
    this.program = program;
    this.formats = new ContextFormats(node.info());
    this.periodNanos = taken.periodNanos().orElse(node.info().periodNanos());
    this.controls = new Controls(driver.controls(), taken.controls());
    FrameWorker worker = driver.worker(controls);
    boolean multi = node.info().isMultiplanar();
    QueueType in = multi ? QueueType.OUTPUT_MPLANE : QueueType.OUTPUT;
    QueueType out = multi ? QueueType.CAPTURE_MPLANE : QueueType.CAPTURE;
    switch (node.info().role()) {
      case CAPTURE -> single(queue(out, memory, Timestamps.MONOTONIC, 0), worker, driver.waits());
      case OUTPUT -> single(queue(in, memory, Timestamps.COPIED, 0), worker, driver.waits());
      case CONVERTER -> {
        VideoQueue sources = queue(in, memory, Timestamps.COPIED, 0);
        VideoQueue targets = queue(out, memory, Timestamps.COPIED, SECOND_QUEUE);
        ConverterEngine engine =
            new ConverterEngine(this, sources, targets, worker, node.converterThreads());
        converters.add(engine);
        sources.setWork(engine);
        targets.setWork(engine);
      }
    }
    controls.listen(this::controlChanged);
    taken.formats().forEach(formats::takeOver);
    taken.sequences().forEach(this::goOn);
  }

  private void goOn(QueueType type, long sequence) {
    VideoQueue queue = queues.get(type);
    if (queue != null) {
      queue.continueFrom(sequence);
    }
  }

  private VideoQueue queue(QueueType type, QueueMemory memory, Timestamps times, long first) {
    VideoQueue queue =
        new VideoQueue(name(), type, node.info().limits(), memory, times, first, this::wake);
    queue.setFencing(this, node.info().fencing());
    queues.put(type, queue);
    formats.add(type);
    return queue;
  }

  private void single(VideoQueue queue, FrameWorker worker, boolean waits) {
    boolean holds = queue.type().isOutput() && node.info().holding() == VideoNodeInfo.Holding.LAST;
    FrameStep step = new FrameStep(this, queue, worker, holds);
    FrameEngine direct = new DirectEngine(queue, step);
    FrameEngine threaded =
        new ThreadEngine(this, queue, step, registry().clock(), this::periodNanos);
    steps.add(step);
    engines.add(threaded);
    queue.setWork(
        new QueueWork() {
          private volatile FrameEngine engine = direct;

          @Override
          public void start() {
            boolean atOnce = !waits && periodNanos == 0 && queue.fencing() == QueueFencing.NONE;
            engine = atOnce ? direct : threaded;
            engine.start();
          }

          @Override
          public void ready() {
            engine.ready();
          }

          @Override
          public void stop() {
            engine.stop();
          }
        });
  }

  String name() {
    return node.name();
  }

  VideoNodeInfo info() {
    return node.info();
  }

  DmaBufRegistry registry() {
    return node.registry();
  }

  WaitQueue waiters() {
    return waiters;
  }

  Controls controls() {
    return controls;
  }

  /** Returns the queue of a type; EINVAL when the device has none. */
  VideoQueue queue(int type) {
    return QueueType.of(type)
        .map(queues::get)
        .orElseThrow(
            () ->
                error(
                    Errno.EINVAL,
                    "was asked for a queue of type %s; it has %s",
                    Integer.toUnsignedString(type),
                    queues.keySet()));
  }

  /** Returns the queue that programs write to, or read from; empty when there is none. */
  Optional<VideoQueue> queue(boolean output) {
    return queues.values().stream().filter(each -> each.type().isOutput() == output).findFirst();
  }

  /** Returns all queues. */
  List<VideoQueue> queues() {
    return List.copyOf(queues.values());
  }

  FrameFormat format(QueueType type) {
    return formats.of(type);
  }

  /** Sets a format; EBUSY while there are buffers. */
  void setFormat(VideoQueue queue, FrameFormat format) {
    formats.set(queue, format, this::hasBuffers);
  }

  int pitchAlign(QueueType type) {
    return formats.align(type);
  }

  /** Sets what pitches are multiples of, and the format that comes of it; EBUSY as there. */
  void setPitchAlign(VideoQueue queue, int align, FrameFormat format) {
    formats.set(queue, align, format, this::hasBuffers);
  }

  private DmaBufException hasBuffers() {
    return error(Errno.EBUSY, "has buffers and keeps its format; free them first");
  }

  /** Has the driver refuse a format. */
  void check(FrameFormat asked) {
    node.check(asked);
  }

  /** A frame is done. */
  void count(Outcome outcome) {
    node.count(outcome);
  }

  /** The driver may have what it had not yet. */
  void kick() {
    engines.forEach(FrameEngine::kick);
  }

  /** There may be events for who waits, and for who has asked to be told. */
  private void wake(int events) {
    waiters.wake(events);
    files.forEach(NodeFile::tell);
  }

  long periodNanos() {
    return periodNanos;
  }

  void setPeriodNanos(long nanos) {
    periodNanos = nanos;
  }

  void add(NodeFile file) {
    files.add(file);
  }

  void remove(NodeFile file) {
    files.remove(file);
  }

  private void controlChanged(Controls.Change change) {
    tell(VideoEvent.CONTROL, change.info().id(), change.value(), change.by());
  }

  /** The last frame is done. */
  void tellEnd() {
    tell(VideoEvent.END_OF_STREAM, 0, 0, this);
  }

  private void tell(int type, int id, int value, Object by) {
    long now = registry().clock().nanos();
    boolean any = false;
    for (NodeFile file : files) {
      any |= file.events().add(type, id, value, file == by, now);
    }
    if (any) {
      wake(PollEvents.POLLPRI);
    }
  }

  /** A file is closed: gives up what it owns. */
  void release(NodeFile file) {
    queues.values().forEach(queue -> queue.release(file));
  }

  /** The driver leaves, or a converter's file is closed; returns what a successor may take. */
  ContextState leave() {
    Map<QueueType, Long> sequences = new EnumMap<>(QueueType.class);
    queues.forEach((type, queue) -> queue.leave().ifPresent(next -> sequences.put(type, next)));
    converters.forEach(ConverterEngine::close);
    steps.forEach(FrameStep::forget);
    OptionalLong period =
        periodNanos == info().periodNanos() ? OptionalLong.empty() : OptionalLong.of(periodNanos);
    return new ContextState(program, period, controls.changed(), formats.changed(), sequences);
  }

  DmaBufException error(Errno errno, String rest, Object... values) {
    return new DmaBufException(errno, "Video device " + name() + " " + rest.formatted(values));
  }
}
