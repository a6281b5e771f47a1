package org.dmabuf.benchmarks;

import java.util.List;
import org.dmabuf.benchmarks.product.StopExporter;
import org.dmabuf.benchmarks.product.StopImporter;
import org.dmabuf.benchmarks.product.Swap;

/**
 * Two benchmarks that do the same thing, ours and the peer's: methods {@code ours} and {@code peer}
 * of one class.
 *
 * @param name as the command and the report have it
 * @param peer what ours is compared with, for people
 * @param benchmark the class that has both methods
 * @param options what both JVMs are started with, besides what all are
 * @param measured what the figures are
 */
record Pair(String name, String peer, Class<?> benchmark, List<String> options, Measured measured) {

  /** What a fork's figure is. */
  enum Measured {
    /** Nanoseconds of an operation. */
    TIME,
    /** How many times longer an operation takes when two threads do it than when one does. */
    SLOWDOWN,
    /** Nanoseconds of an operation that is prepared for each time: the median of fifty. */
    SHOT
  }

  /** All pairs, in the order of the table. */
  static final List<Pair> ALL =
      List.of(
          new Pair("ref-get-put", "Netty retain+release", RefGetPut.class),
          new Pair("map-unmap-cached", "Netty retain+release", MapUnmapCached.class),
          new Pair("heap-64k", "Netty pooled direct buffer, zeroed", Heap64k.class),
          new Pair("million-buffers", "the same among 100 buffers", MillionBuffers.class),
          new Pair("fence-signal", "a new object, compare-and-set, nanoTime", FenceSignal.class),
          new Pair(
              "fence-callback", "CompletableFuture with thenRun, nanoTime", FenceCallbacks.class),
          new Pair("fence-wake", "park and unpark, there and back", FenceWake.class),
          new Pair("resv-lock", "ReentrantLock lock+unlock", ResvLock.class),
          new Pair("resv-add-fence", "uncontended compare-and-set", ResvAddFence.class),
          new Pair("resv-lock-8-of-64", "ReentrantLocks sorted, in order", ResvLockEight.class),
          new Pair("negotiate", "one filtered getServiceReferences of Felix", Negotiate.class),
          new Pair("prime-fd-to-handle", "the same among 100 objects", PrimeFdToHandle.class),
          new Pair("prime-handle-to-fd", "the same among 100 objects", PrimeHandleToFd.class),
          new Pair("frame-null", "park and unpark, there and back", FrameNull.class),
          new Pair(
              "frame-threads",
              "frame-null",
              FrameThreads.class,
              List.of("-Djmh.executor=VIRTUAL", "-Djdk.virtualThreadScheduler.parallelism=1"),
              Measured.TIME),
          new Pair("frame-copy", "a cold copy of a 4K NV12 frame", FrameCopy.class),
          new Pair(
              "two-pipelines",
              "two copy loops, each beside one alone",
              TwoPipelines.class,
              List.of(),
              Measured.SLOWDOWN),
          new Pair("nv12-xrgb-scalar", "a cold copy of as many bytes", Nv12XrgbScalar.class),
          new Pair(
              "nv12-xrgb-vector",
              "a cold copy of as many bytes",
              Nv12XrgbVector.class,
              List.of("--add-modules", "jdk.incubator.vector"),
              Measured.TIME),
          shot("swap", "Bundle.update of an empty component", Swap.class),
          stop("stop-adopt", "ADOPT"),
          stop("stop-revoke", "REVOKE"),
          stop("stop-wait", "WAIT"),
          shot("stop-importer", "the same with 1000 attachments", StopImporter.class));

  private Pair(String name, String peer, Class<?> benchmark) {
    this(name, peer, benchmark, List.of(), Measured.TIME);
  }

  private static Pair shot(String name, String peer, Class<?> benchmark) {
    return new Pair(name, peer, benchmark, List.of(), Measured.SHOT);
  }

  private static Pair stop(String name, String policy) {
    return new Pair(
        name,
        "the same with 1000 buffers",
        StopExporter.class,
        List.of("-D" + StopExporter.POLICY + "=" + policy),
        Measured.SHOT);
  }
}
