package org.dmabuf.benchmarks.product;

/**
 * What a benchmark has done inside of a product, by a bundle there: a client that holds buffers of
 * a heap, and that follows a pipeline. Both sides share this type and nothing else, so it is made
 * of types of the JDK.
 *
 * <pre>
 *   benchmark (class path) --Probe, exported by the system bundle--> bundle with the probe --> registry, heap, pipeline
 * </pre>
 *
 * <p>Not thread-safe.
 */
public interface Probe {
  /** The exporter that {@link #hold} takes buffers of unless {@link #makeHeap} was called. */
  String SYSTEM = "system";

  /** Frames a second of the pipeline. */
  int RATE = 60;

  /**
   * Makes a heap of its own, of the same bundle, from which buffers are taken from then on.
   *
   * @param policy what becomes of its live buffers when its bundle stops, as {@code ADOPT}
   */
  void makeHeap(String policy) throws InterruptedException;

  /** Takes so many buffers of a page each, and keeps them. */
  void hold(int buffers) throws InterruptedException;

  /** Lets buffers go until so many are left. */
  void keep(int buffers);

  /** Starts a pipeline over buffers of {@link #SYSTEM}; frames flow when this returns. */
  void startPipeline() throws InterruptedException;

  /** Ends the pipeline. */
  void stopPipeline();

  /** Begins to look for the longest time without a new frame. */
  void beginPause();

  /**
   * Goes on to look until frames come that were captured after this, and returns the longest time
   * without a new frame.
   *
   * @return nanoseconds
   */
  long endPause() throws InterruptedException;
}
