package org.dmabuf.display.kms;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.dmabuf.display.Mode;

/**
 * What a CRTC shows: the planes with something in them, the lowest first. Immutable; its
 * framebuffers are used by who has it.
 *
 * @param mode the size of the picture, never null
 * @param layers what is in it, never null
 */
record Scene(Mode mode, List<PlaneState> layers) {
  Scene {
    layers = List.copyOf(layers);
  }

  /** Returns what a CRTC shows in a state; empty when it does not run. */
  static Optional<Scene> of(KmsState state, Crtc crtc) {
    CrtcState set = state.of(crtc);
    if (!set.active()) {
      return Optional.empty();
    }
    List<PlaneState> layers = state.layersOf(crtc);
    if (layers.size() > 1) {
      // they come by number, which stays so where heights are alike
      layers =
          layers.stream()
              .sorted(Comparator.comparingInt(layer -> layer.blending().zpos()))
              .toList();
    }
    return Optional.of(new Scene(set.mode().orElseThrow(), layers));
  }

  /** Returns whether one of some framebuffers is in it. */
  boolean shows(List<Framebuffer> some) {
    return layers.stream().anyMatch(layer -> some.contains(layer.framebuffer().orElseThrow()));
  }

  /** Uses all framebuffers once more, or none; returns whether it did. */
  boolean tryUse() {
    for (int i = 0; i < layers.size(); i++) {
      if (!framebuffer(i).tryUse()) {
        for (int used = 0; used < i; used++) {
          framebuffer(used).unuse();
        }
        return false;
      }
    }
    return true;
  }

  /** Uses all framebuffers once less. */
  void unuse() {
    for (int i = 0; i < layers.size(); i++) {
      framebuffer(i).unuse();
    }
  }

  private Framebuffer framebuffer(int layer) {
    return layers.get(layer).framebuffer().orElseThrow();
  }
}
