package org.dmabuf.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The modifiers that a device can use for one format, best first.
 *
 * <pre>
 *   { X_TILED, LINEAR }  and  { LINEAR, Y_TILED }   ->  { LINEAR }
 *   { INVALID }          and  { LINEAR }            ->  { }         the one is not the other
 * </pre>
 *
 * <p>What has nothing in common cannot be shared: then the CPU copies. What has may be refused all
 * the same when it is imported. Immutable. Kernel counterpart: {@code
 * Documentation/userspace-api/dma-buf-alloc-exchange.rst}.
 *
 * @param modifiers each once, never null
 */
public record ModifierSet(List<Long> modifiers) {
  /**
   * Checks that none comes twice.
   *
   * @throws DmaBufException EINVAL when one does
   */
  public ModifierSet {
    modifiers = List.copyOf(modifiers);
    if (modifiers.stream().distinct().count() != modifiers.size()) {
      throw new DmaBufException(
          Errno.EINVAL, "Modifiers " + modifiers + " were listed; each once would work");
    }
  }

  /** Returns a set of modifiers, best first. */
  public static ModifierSet of(long... modifiers) {
    return new ModifierSet(Arrays.stream(modifiers).boxed().toList());
  }

  /** Returns what both have, in the order of this one; never null. */
  public ModifierSet intersect(ModifierSet other) {
    List<Long> both = new ArrayList<>(modifiers);
    both.retainAll(other.modifiers);
    return new ModifierSet(both);
  }

  /** Returns the best one; empty when there is none, so that only a copy works. */
  public OptionalLong best() {
    return modifiers.isEmpty() ? OptionalLong.empty() : OptionalLong.of(modifiers.getFirst());
  }

  /**
   * Returns whether the arrangement may be known to drivers only, so that both ends must be of one
   * driver.
   */
  public boolean hasImplicit() {
    return modifiers.contains(Modifier.INVALID);
  }
}
