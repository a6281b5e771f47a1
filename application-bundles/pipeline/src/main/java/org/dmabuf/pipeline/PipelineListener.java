package org.dmabuf.pipeline;

import org.osgi.annotation.versioning.ConsumerType;

/** Who follows a pipeline. Called on its thread, with no lock held. */
@ConsumerType
public interface PipelineListener {
  /**
   * A frame came onto the screen.
   *
   * @param displayed how many have so far, this one included
   * @param timeNanos when, on the product's clock
   */
  void displayed(long displayed, long timeNanos);

  /** The state or what it says has changed. */
  void changed(PipelineStatus status);
}
