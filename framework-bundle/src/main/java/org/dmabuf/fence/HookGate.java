package org.dmabuf.fence;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The way into the hooks of a producer, which is closed once its bundle has left. Who is inside is
 * waited for by then, and interrupted when that takes too long.
 *
 * <p>Thread-safe. Kernel counterpart: {@code try_module_get()} and {@code module_put()}.
 */
@ProviderType
public interface HookGate {
  /** Of a producer that is no bundle, and never leaves. */
  HookGate OPEN =
      new HookGate() {
        @Override
        public boolean enter(String hook) {
          return true;
        }

        @Override
        public void exit() {
          // nobody asks who is inside
        }
      };

  /**
   * Goes in; who does so calls {@link #exit} afterwards.
   *
   * @param hook for messages, never null
   * @return false when it is closed
   */
  boolean enter(String hook);

  /** Goes out. */
  void exit();
}
