package org.dmabuf.launcher.planted;

import org.dmabuf.planted.StaticVariable;

/** A launcher that would load a bundle's class a second time. */
public final class LauncherThatNamesABundle {
  public StaticVariable variable;
}
