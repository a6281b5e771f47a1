/** Commands for the Gogo shell, scope {@code dmabuf}: what a person asks first. */
package org.dmabuf.shell;
