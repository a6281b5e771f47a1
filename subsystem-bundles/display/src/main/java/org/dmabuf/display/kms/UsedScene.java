package org.dmabuf.display.kms;

import java.util.Optional;
import java.util.function.Function;

/**
 * A scene whose framebuffers stay until it is finished with.
 *
 * @param scene never null
 */
record UsedScene(Scene scene) {
  /** Uses a scene; empty when a framebuffer of it has gone. */
  static Optional<UsedScene> of(Scene scene) {
    return scene.tryUse() ? Optional.of(new UsedScene(scene)) : Optional.empty();
  }

  /** Does the one thing that it was used for. */
  <T> T finish(Function<Scene, T> work) {
    try {
      return work.apply(scene);
    } finally {
      scene.unuse();
    }
  }
}
