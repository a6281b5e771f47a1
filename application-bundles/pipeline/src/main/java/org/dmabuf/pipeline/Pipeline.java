package org.dmabuf.pipeline;

import java.util.Optional;
import org.dmabuf.display.Picture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A running pipeline, as a service; one for each configuration of the factory {@link #PID}.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface Pipeline {
  /** The factory PID of its configuration. */
  String PID = "org.dmabuf.pipeline";

  /** Service property: the pipeline's name, a String. */
  String NAME = "dmabuf.pipeline";

  /** Returns its name, never null. */
  String name();

  /** Returns what it does now, never null. */
  PipelineStatus status();

  /** Returns what it has counted so far, never null. */
  PipelineCounters counters();

  /**
   * Tells a listener of every frame and every change of state, on the pipeline's thread; and at
   * once, on the caller's, what the state is and how many frames were displayed so far.
   *
   * @param listener who is told, never null; must be short
   */
  void addListener(PipelineListener listener);

  /** Ends telling a listener; a call that has begun may still run. */
  void removeListener(PipelineListener listener);

  /**
   * Lets the pipeline show up to a frame and no further, until it is allowed more; capture goes on
   * as far as its buffers last. It begins with what its configuration allows.
   *
   * @param frames how many frames in all since it began, 0 or more; {@link Long#MAX_VALUE} for no
   *     such limit
   */
  void allow(long frames);

  /**
   * Returns what the display composed of all its planes, black before the first frame; empty while
   * there is no display, and after the pipeline was stopped.
   */
  Optional<Picture> snapshot();
}
