package org.dmabuf.acceptance.soak;

import java.util.Random;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * Places that all callers put things into and take things out of: what one made, another uses, and
 * a third gives back meanwhile.
 *
 * @param <T> what the places hold
 */
final class Slots<T> {
  private static final int TRIES = 4;

  private final AtomicReferenceArray<T> places;
  private final Consumer<T> displaced;

  /**
   * Makes empty places.
   *
   * @param displaced gives back what another thing takes the place of
   */
  Slots(int size, Consumer<T> displaced) {
    this.places = new AtomicReferenceArray<>(size);
    this.displaced = displaced;
  }

  /** Puts a thing into any place; what was there is given back. */
  void put(T thing, Random random) {
    put(random.nextInt(places.length()), thing);
  }

  /** Puts a thing into one place; what was there is given back. */
  void put(int place, T thing) {
    T old = places.getAndSet(place, thing);
    if (old != null) {
      displaced.accept(old);
    }
  }

  /** Returns the thing of any place, which stays there; null when the places tried are empty. */
  T look(Random random) {
    T thing = null;
    for (int i = 0; i < TRIES && thing == null; i++) {
      thing = places.get(random.nextInt(places.length()));
    }
    return thing;
  }

  /** Takes the thing of any place; null when the places tried are empty. */
  T take(Random random) {
    T thing = null;
    for (int i = 0; i < TRIES && thing == null; i++) {
      thing = places.getAndSet(random.nextInt(places.length()), null);
    }
    return thing;
  }

  /** Gives everything back. */
  void clear() {
    for (int i = 0; i < places.length(); i++) {
      T old = places.getAndSet(i, null);
      if (old != null) {
        displaced.accept(old);
      }
    }
  }
}
